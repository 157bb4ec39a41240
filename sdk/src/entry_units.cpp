#include <torch/csrc/autograd/autograd.h>

#include "modhost/unit_network.h"

namespace modhost {
inline namespace v1 {

// Taps are entries in another order, so the derivative of a sum of numbered taps is the numbers in
// the order of the entries.
EntryUnits entry_units(const UnitKernel& kernel, at::IntArrayRef shape) {
  const torch::AutoGradMode with_grad(true);
  const Tensor entries = torch::zeros(shape, torch::kDouble).set_requires_grad(true);
  const Tensor taps = taps_of(kernel, entries);
  const auto numbered = [&](const Tensor& numbers) {
    return torch::autograd::grad({(taps * numbers).sum()}, {entries}, {}, true)[0];
  };
  const Tensor count = numbered(torch::ones({1, 1, 1}, torch::kDouble));
  const auto unit = [&](const Tensor& numbers) {
    return torch::where(count > 0, numbered(numbers) / count.clamp_min(1),
                        torch::full_like(count, -1))
        .round()
        .to(torch::kLong);
  };
  return {unit(torch::arange(taps.size(0), torch::kDouble).view({-1, 1, 1})),
          unit(torch::arange(taps.size(1), torch::kDouble).view({1, -1, 1}))};
}

}  // namespace v1
}  // namespace modhost
