#include "mask_metrics.h"

#include <modhost/error.h>

#include <algorithm>
#include <cmath>

namespace modhost_diffmask {
namespace {

double count(const Tensor& bits) { return bits.sum(torch::kDouble).item<double>(); }

const Tensor& same_parameter(const NamedTensors& mask, const std::string& name) {
  const Tensor* found = modhost::find(mask, name);
  modhost::check(found != nullptr, modhost::ErrorCode::internal,
                 "the masks do not cover the same parameters: '" + name + "' is missing");
  return *found;
}

}  // namespace

int64_t ones(const NamedTensors& mask) {
  double total = 0;
  for (const auto& [name, bits] : mask) total += count(bits);
  return static_cast<int64_t>(total);
}

int64_t size(const NamedTensors& mask) {
  int64_t total = 0;
  for (const auto& [name, bits] : mask) total += bits.numel();
  return total;
}

double sparsity(const NamedTensors& mask) {
  return 1 - static_cast<double>(ones(mask)) / static_cast<double>(size(mask));
}

double expected_sparsity(const NamedTensors& kept) {
  double sum = 0;
  for (const auto& [name, share] : kept) sum += share.sum().item<double>();
  return 1 - sum / static_cast<double>(size(kept));
}

double dispersity(const Tensor& bits) {
  const Tensor at = torch::nonzero(bits).to(torch::kDouble);  // [n, dims]
  if (at.size(0) == 0) return 0;
  const Tensor mean = at.mean(0);
  const double spread = (at - mean).square().sum().item<double>();
  const double reach = mean.square().sum().item<double>();
  return spread / static_cast<double>(at.size(0)) / (reach + 1e-12);
}

double dispersity(const NamedTensors& mask) {
  double sum = 0;
  for (const auto& [name, bits] : mask) sum += dispersity(bits);
  return sum / static_cast<double>(mask.size());
}

double evenness(const Tensor& bits) {
  const int64_t units = bits.dim() == 0 ? 1 : bits.size(0);
  const double kept = count(bits);
  if (units < 2 || kept == 0) return 0;
  const Tensor shares = bits.reshape({units, -1}).sum(1, false, torch::kDouble) / kept;
  return -torch::xlogy(shares, shares).sum().item<double>() / std::log(static_cast<double>(units));
}

double evenness(const NamedTensors& mask) {
  double sum = 0, kept = 0;
  for (const auto& [name, bits] : mask) {
    sum += count(bits) * evenness(bits);
    kept += count(bits);
  }
  return kept == 0 ? 0 : sum / kept;
}

NamedTensors intersection(const NamedTensors& a, const NamedTensors& b) {
  NamedTensors out;
  for (const auto& [name, bits] : a) out.emplace_back(name, bits * same_parameter(b, name));
  return out;
}

NamedTensors without(const NamedTensors& a, const NamedTensors& b) {
  NamedTensors out;
  for (const auto& [name, bits] : a) out.emplace_back(name, bits * (1 - same_parameter(b, name)));
  return out;
}

NamedTensors joined(const NamedTensors& a, const NamedTensors& b) {
  NamedTensors out;
  for (const auto& [name, bits] : a) {
    out.emplace_back(name, torch::maximum(bits, same_parameter(b, name)));
  }
  return out;
}

double Overlap::iou() const {
  const int64_t either = a + b - both;
  return either == 0 ? 0 : static_cast<double>(both) / static_cast<double>(either);
}

double Overlap::io_min() const {
  const int64_t smaller = std::min(a, b);
  return smaller == 0 ? 0 : static_cast<double>(both) / static_cast<double>(smaller);
}

double Overlap::share_of_a() const {
  return a == 0 ? 0 : static_cast<double>(both) / static_cast<double>(a);
}

Overlap overlap(const Tensor& a, const Tensor& b) {
  return {static_cast<int64_t>(count(a)), static_cast<int64_t>(count(b)),
          static_cast<int64_t>(count(a * b))};
}

Overlap overlap(const NamedTensors& a, const NamedTensors& b) {
  Overlap sum;
  for (const auto& [name, bits] : a) {
    const Overlap own = overlap(bits, same_parameter(b, name));
    sum.a += own.a;
    sum.b += own.b;
    sum.both += own.both;
  }
  return sum;
}

modhost::RandomOverlap random_overlap(const NamedTensors& a, const NamedTensors& b,
                                      bool per_tensor) {
  if (!per_tensor) {
    return modhost::random_overlap(static_cast<double>(size(a)), static_cast<double>(ones(a)),
                                   static_cast<double>(ones(b)));
  }
  modhost::RandomOverlap sum;
  for (const auto& [name, bits] : a) {
    const modhost::RandomOverlap own = modhost::random_overlap(
        static_cast<double>(bits.numel()), count(bits), count(same_parameter(b, name)));
    sum.mean += own.mean;
    sum.variance += own.variance;
  }
  return sum;
}

std::vector<int64_t> histogram(const NamedTensors& kept, int64_t bins) {
  std::vector<int64_t> out(static_cast<size_t>(bins), 0);
  for (const auto& [name, share] : kept) {
    const Tensor counts = torch::histc(share, bins, 0, 1);
    for (int64_t i = 0; i < bins; ++i) {
      out[static_cast<size_t>(i)] += static_cast<int64_t>(counts[i].item<double>());
    }
  }
  return out;
}

}  // namespace modhost_diffmask
