#include "unit_counts.h"

#include <map>

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// Is any entry kept that feeds the unit? [*shape] -> [units]
Tensor any_kept(const Tensor& bits, const Wiring& wiring, int64_t units) {
  return bits.movedim(wiring.out_dim, -1).reshape({-1, units}).gt(0).any(0);
}

}  // namespace

std::vector<UnitCount> unit_counts(const ModelBase& model, const NamedTensors& bits) {
  std::vector<UnitCount> out;
  for (const auto& slot : model.layers()) {
    std::map<std::string, Tensor> groups;  // name -> [units]
    for (const Wiring& wiring : slot.layer->wiring()) {
      const Tensor* own = find(bits, wiring.parameter.name());
      if (own == nullptr || wiring.in_dim == Wiring::kNone) continue;
      const Tensor kept = any_kept(*own, wiring, slot.layer->units(wiring.feeds));
      const auto [there, first] = groups.emplace(wiring.feeds, kept);
      if (!first) there->second = there->second.logical_or(kept);
    }
    for (const auto& [group, kept] : groups) {
      out.push_back({slot.name, group, kept.numel(), kept.sum().item<int64_t>()});
    }
  }
  return out;
}

void write_units(RunWriter& writer, const ModelBase& model, const Results& results) {
  Table table{{"task", "layer", "group", "units", "kept", "share"}, {}};
  for (const MaskResult& result : results) {
    for (const UnitCount& count : unit_counts(model, result.bits)) {
      table.add({result.task, count.layer, count.group, count.units, count.kept,
                 static_cast<double>(count.kept) / static_cast<double>(count.units)});
    }
  }
  writer.table("units", table);
}

}  // namespace modhost_diffmask
