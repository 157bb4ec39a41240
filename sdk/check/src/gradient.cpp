#include "gradient.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "measure.h"
#include "modhost/random.h"

namespace modhost::conformance {
namespace {

constexpr double kSteps[] = {1e-4, 1e-6};
constexpr int kDirections = 5;
constexpr double kKink = 1e-3;  // relative disagreement of the one-sided differences

// A random direction of length 1 over all leaves together.
std::vector<Tensor> direction(const std::vector<Tensor>& leaves, uint64_t seed) {
  std::vector<Tensor> out;
  double square = 0;
  for (size_t i = 0; i < leaves.size(); ++i) {
    out.push_back(normal(leaves[i].sizes(), derive_seed(seed, i)));
    square += out.back().square().sum().item<double>();
  }
  for (Tensor& part : out) part = part / std::sqrt(square);
  return out;
}

double slope_by_autograd(const std::vector<Tensor>& leaves, const std::function<Tensor()>& loss,
                         const std::vector<Tensor>& along) {
  const torch::AutoGradMode enabled(true);
  const auto gradients = torch::autograd::grad({loss()}, leaves, {}, {}, false, true);
  double slope = 0;
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (gradients[i].defined()) slope += (gradients[i] * along[i]).sum().item<double>();
  }
  return slope;
}

// The loss with the leaves moved by `step` along the direction.
double moved(const std::vector<Tensor>& leaves, const std::function<Tensor()>& loss,
             const std::vector<Tensor>& along, double step) {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> kept;
  for (size_t i = 0; i < leaves.size(); ++i) {
    kept.push_back(leaves[i].detach().clone());
    Tensor(leaves[i]).add_(along[i], step);
  }
  const double value = loss().item<double>();
  for (size_t i = 0; i < leaves.size(); ++i) Tensor(leaves[i]).copy_(kept[i]);
  return value;
}

struct Comparison {
  double error;
  bool kink;
};

Comparison compare(const std::vector<Tensor>& leaves, const std::function<Tensor()>& loss,
                   uint64_t seed) {
  const std::vector<Tensor> along = direction(leaves, seed);
  const double exact = slope_by_autograd(leaves, loss, along);
  const double center = moved(leaves, loss, along, 0);
  Comparison out{INFINITY, false};
  for (const double step : kSteps) {
    const double up = moved(leaves, loss, along, step);
    const double down = moved(leaves, loss, along, -step);
    const double slope = (up - down) / (2 * step);
    const double size = std::max({std::abs(exact), std::abs(slope), 1e-8});
    out.error = std::min(out.error, std::abs(slope - exact) / size);
    out.kink = std::abs(up - 2 * center + down) / step > kKink * size;
  }
  if (std::isnan(out.error)) out.error = INFINITY;
  return out;
}

}  // namespace

Outcome gradient_agrees(const std::vector<Tensor>& leaves, const std::function<Tensor()>& loss,
                        uint64_t seed, double limit) {
  Worst worst;
  int compared = 0, kinks = 0;
  for (int i = 0; i < kDirections && compared < 2; ++i) {
    const Comparison one = compare(leaves, loss, derive_seed(seed, static_cast<uint64_t>(i)));
    if (one.error > limit && one.kink) {
      ++kinks;
      continue;
    }
    worst.see(one.error, "the gradient is not that of central differences");
    ++compared;
  }
  if (compared == 0) return skip("every direction tried crosses a kink");
  return worst.outcome(limit, std::to_string(compared) + " directions");
}

}  // namespace modhost::conformance
