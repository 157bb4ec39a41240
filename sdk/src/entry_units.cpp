#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <map>

#include "modhost/unit_network.h"

namespace modhost {
inline namespace v1 {
namespace {

struct Ends {
  Tensor to, from;
};

// Of a kernel whose entries each read one unit. Taps are entries in another order, so the
// derivative of a sum of numbered taps is the numbers in the order of the entries.
Ends ends_of(const UnitKernel& kernel, at::IntArrayRef shape) {
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

// The units that arrive at each input of the layer.
std::vector<std::vector<int64_t>> units_at_inputs(const TapMap& map) {
  std::vector<std::vector<int64_t>> out(static_cast<size_t>(map.in_units));
  const Tensor inputs = map.inputs.contiguous();
  for (int64_t i = 0; i < inputs.numel(); ++i) {
    const int64_t input = inputs.data_ptr<int64_t>()[i];
    if (input >= 0) out[static_cast<size_t>(input)].push_back(i / inputs.size(1));
  }
  return out;
}

}  // namespace

EntryUnits entry_units(const UnitKernel& kernel, at::IntArrayRef shape) {
  UnitKernel by_input = kernel;  // each input of the layer a unit of its own
  by_input.map.inputs = torch::arange(kernel.map.in_units).unsqueeze(1);
  const Ends ends = ends_of(by_input, shape);
  const auto arriving = units_at_inputs(kernel.map);
  size_t most = 1;
  for (const auto& units : arriving) most = std::max(most, units.size());
  EntryUnits out;
  for (size_t k = 0; k < most; ++k) {
    std::vector<int64_t> unit;  // of each input
    for (const auto& units : arriving) unit.push_back(k < units.size() ? units[k] : -1);
    const Tensor found =
        torch::tensor(unit).index_select(0, ends.from.flatten().clamp_min(0)).view(shape);
    out.from.push_back(found.masked_fill(ends.from < 0, -1));
  }
  out.to = ends.to.masked_fill(out.from.front() < 0, -1);
  return out;
}

std::vector<bool> shared_kernels(const UnitNetwork& network,
                                 const std::vector<EntryUnits>& entries) {
  std::map<std::string, Tensor> counts;  // of each entry of a parameter, how many units
  for (size_t i = 0; i < entries.size(); ++i) {
    Tensor& count = counts[network.kernels[i].parameter];
    for (const Tensor& from : entries[i].from) {
      const Tensor own = (from >= 0).to(torch::kLong);
      count = count.defined() ? count + own : own;
    }
  }
  std::vector<bool> out;
  for (size_t i = 0; i < entries.size(); ++i) {
    const Tensor& count = counts[network.kernels[i].parameter];
    out.push_back((count > 1).logical_and_(entries[i].to >= 0).any().item<bool>());
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
