#include "inner_weights.h"

#include <modhost/error.h>

#include <algorithm>

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// Groups that another one reads; of a network that feeds its answers back, all but the last.
std::vector<bool> read_groups(const UnitNetwork& network) {
  std::vector<bool> read(network.groups.size(), false);
  for (const UnitKernel& kernel : network.kernels) {
    if (kernel.from != kernel.to) read[static_cast<size_t>(kernel.from)] = true;
  }
  if (std::find(read.begin(), read.end(), false) == read.end() && !read.empty()) {
    read.back() = false;
  }
  return read;
}

// taps_of puts entries in the places of taps, so numbered entries tell where each one goes.
Tensor entries_of(const UnitKernel& kernel, const Tensor& parameter) {
  const Tensor numbers = torch::arange(1, parameter.numel() + 1, torch::kLong);
  return taps_of(kernel, numbers.view(parameter.sizes())).contiguous();
}

void count_in(Tensor& count, const Tensor& entries) {
  const Tensor places = entries.flatten();
  count.index_add_(0, places, torch::ones({places.numel()}, torch::kInt));
}

}  // namespace

const Parameter& parameter_named(const ModelBase& model, const std::string& name) {
  for (const Parameter& parameter : model.parameters()) {
    if (parameter.name() == name) return parameter;
  }
  throw Error(ErrorCode::internal, "the network has no parameter '" + name + "'");
}

InnerWeights::InnerWeights(const ModelBase& model, const UnitNetwork& network, bool last) {
  for (const UnitGroup& group : network.groups) units_.push_back(group.units);
  const std::vector<bool> read = read_groups(network);
  for (const UnitKernel& kernel : network.kernels) {
    const Tensor& parameter = parameter_named(model, kernel.parameter).tensor();
    auto at = std::find(names_.begin(), names_.end(), kernel.parameter);
    if (at == names_.end()) {
      at = names_.insert(at, kernel.parameter);
      wired_.push_back(
          {parameter.sizes().vec(), torch::zeros({parameter.numel() + 1}, torch::kInt), {}});
    }
    Wired& wired = wired_[static_cast<size_t>(at - names_.begin())];
    Wire wire{kernel.from, kernel.to, entries_of(kernel, parameter)};
    count_in(wired.uses, wire.entries);
    if (last || read[static_cast<size_t>(kernel.to)]) wired.wires.push_back(std::move(wire));
  }
}

Tensor InnerWeights::where_all(const Wired& wired, const Tensor& count) const {
  const Tensor inside = count.eq(wired.uses).logical_and(count.gt(0));
  return inside.slice(0, 1).reshape(wired.shape);
}

NamedTensors InnerWeights::inside(const std::vector<UnitSet>& ends) const {
  NamedTensors out;
  for (size_t i = 0; i < wired_.size(); ++i) {
    Tensor count = torch::zeros_like(wired_[i].uses);
    for (const Wire& wire : wired_[i].wires) {
      const UnitSet &to = ends.at(static_cast<size_t>(wire.to)),
                    &from = ends.at(static_cast<size_t>(wire.from));
      if (to.empty() || from.empty()) continue;
      count_in(count, wire.entries.index_select(0, torch::tensor(to, torch::kLong))
                          .index_select(1, torch::tensor(from, torch::kLong)));
    }
    out.emplace_back(names_[i], where_all(wired_[i], count));
  }
  return out;
}

NamedTensors InnerWeights::all() const {
  std::vector<UnitSet> ends;
  for (const int64_t units : units_) {
    ends.emplace_back();
    for (int64_t unit = 0; unit < units; ++unit) ends.back().push_back(unit);
  }
  return inside(ends);
}

Weighed weighed(const ModelBase& model, const NamedTensors& marks) {
  Weighed out;
  for (const auto& [name, marked] : marks) {
    const Tensor weight = parameter_named(model, name).tensor().detach().cpu().to(torch::kDouble);
    out.count += static_cast<double>(marked.sum().item<int64_t>());
    out.sum += weight.abs().mul(marked).sum().item<double>();
  }
  return out;
}

}  // namespace modhost_lesion
