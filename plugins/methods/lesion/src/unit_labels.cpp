#include "unit_labels.h"

#include <modhost/error.h>
#include <modhost/random.h>

#include <algorithm>
#include <set>

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

UnitLabels spread_labels(const UnitNetwork& network, const std::vector<UnitGroup>& groups,
                         const UnitLabels& labels) {
  UnitLabels out;
  for (const UnitGroup& own : network.groups) {
    auto first = labels.begin();
    std::vector<int64_t> found(static_cast<size_t>(own.units), kNoCluster);
    for (const UnitGroup& group : groups) {
      if (group.name == own.name) found.assign(first, first + group.units);
      first += group.units;
    }
    out.insert(out.end(), found.begin(), found.end());
  }
  return out;
}

UnitLabels permuted_labels(const UnitNetwork& network, const UnitLabels& labels, uint64_t seed) {
  UnitLabels out = labels;
  size_t first = 0;
  for (size_t group = 0; group < network.groups.size(); ++group) {
    const size_t end = first + static_cast<size_t>(network.groups[group].units);
    std::vector<size_t> live;
    for (size_t unit = first; unit < end; ++unit) {
      if (labels.at(unit) != kNoCluster) live.push_back(unit);
    }
    const auto order = permutation(static_cast<int64_t>(live.size()),
                                   derive_seed(seed, static_cast<uint64_t>(group)));
    for (size_t i = 0; i < live.size(); ++i) {
      out[live[i]] = labels[live[static_cast<size_t>(order[i])]];
    }
    first = end;
  }
  return out;
}

std::vector<UnitSet> units_of(const UnitNetwork& network, const UnitLabels& labels, int64_t label) {
  std::vector<UnitSet> out;
  size_t first = 0;
  for (const UnitGroup& group : network.groups) {
    out.emplace_back();
    for (int64_t unit = 0; unit < group.units; ++unit) {
      if (labels.at(first + static_cast<size_t>(unit)) == label) out.back().push_back(unit);
    }
    first += static_cast<size_t>(group.units);
  }
  return out;
}

std::string cluster_name(const std::vector<std::string>& names, int64_t label) {
  const auto at = static_cast<size_t>(label);
  return at < names.size() ? names[at] : std::to_string(label);
}

std::vector<int64_t> labels_in(const UnitLabels& labels) {
  std::set<int64_t> out(labels.begin(), labels.end());
  out.erase(kNoCluster);
  return {out.begin(), out.end()};
}

bool can_permute(const UnitNetwork& network, const UnitLabels& labels, int64_t label) {
  auto first = labels.begin();
  for (const UnitGroup& group : network.groups) {
    const auto own = std::count(first, first + group.units, label);
    const auto none = std::count(first, first + group.units, kNoCluster);
    if (own > 0 && own + none < group.units) return true;
    first += group.units;
  }
  return false;
}

}  // namespace modhost_lesion
