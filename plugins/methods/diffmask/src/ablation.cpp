#include "ablation.h"

#include <modhost/mask.h>
#include <modhost/random.h>

#include <algorithm>

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kAtOnce = 8;  // masks in one forward: what they need grows with each

// Without the weights that each of `count` removals takes, some at a time; nothing when there is no
// such removal.
template <typename F>
std::vector<double> accuracies(const MaskEvaluation& evaluation, int64_t count, const F& removal,
                               const NamedTensors& fill, const Source& source) {
  std::vector<double> out;
  for (int64_t first = 0; first < count; first += kAtOnce) {
    std::vector<NamedTensors> masks;
    for (int64_t draw = first; draw < std::min(count, first + kAtOnce); ++draw) {
      masks.push_back(removal(draw));
      if (masks.back().empty()) return {};
    }
    const auto found = fill.empty() ? evaluation.accuracies(masks, source)
                                    : evaluation.accuracies(masks, source, fill);
    out.insert(out.end(), found.begin(), found.end());
  }
  return out;
}

}  // namespace

double Ablation::p(double accuracy, const std::vector<double>& draws) {
  const auto as_low =
      std::count_if(draws.begin(), draws.end(), [&](double drawn) { return drawn <= accuracy; });
  return static_cast<double>(as_low + 1) / static_cast<double>(draws.size() + 1);
}

NamedTensors random_removal(const NamedTensors& mask, bool from_complement, uint64_t seed) {
  NamedTensors out;
  for (const auto& [name, bits] : mask) {
    const Tensor flat = bits.reshape({-1});
    const Tensor places =
        from_complement ? torch::nonzero(flat == 0).view({-1}) : torch::arange(flat.numel());
    const auto count = flat.sum(torch::kLong).item<int64_t>();
    if (places.numel() < count) return {};
    const std::vector<int64_t> order = permutation(places.numel(), derive_seed(seed, name));
    const Tensor drawn = places.index_select(
        0, torch::tensor(std::vector<int64_t>(order.begin(), order.begin() + count)));
    Tensor kept = torch::ones_like(flat);
    kept.index_fill_(0, drawn, 0);
    out.emplace_back(name, kept.view(bits.sizes()));
  }
  return out;
}

Ablation ablate(const MaskEvaluation& evaluation, const NamedTensors& mask, int64_t count,
                const NamedTensors& fill, const Source& source, uint64_t seed) {
  const auto drawn = [&](bool from_complement) {
    const uint64_t kind = derive_seed(seed, from_complement ? "complement" : "all");
    const auto removal = [&](int64_t draw) {
      return random_removal(mask, from_complement, derive_seed(kind, static_cast<uint64_t>(draw)));
    };
    return accuracies(evaluation, count, removal, fill, source);
  };
  Ablation out;
  const auto own = [&](int64_t) { return inverted(mask); };
  out.accuracy = accuracies(evaluation, 1, own, fill, source).front();
  out.random = drawn(false);
  out.complement = drawn(true);
  return out;
}

}  // namespace modhost_diffmask
