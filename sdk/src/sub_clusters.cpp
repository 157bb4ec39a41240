#include "modhost/sub_clusters.h"

#include <algorithm>
#include <map>

#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace {

bool is_input(const UnitNetwork& network, size_t group) {
  return network.groups[group].name == "input" && network.writers[group].front().layer.empty();
}

// Read by another group; of a network that feeds its answers back, all but the last.
std::vector<bool> hidden_groups(const UnitNetwork& network) {
  std::vector<bool> read(network.groups.size(), false);
  for (const UnitKernel& kernel : network.kernels) {
    if (kernel.from != kernel.to) read[static_cast<size_t>(kernel.from)] = true;
  }
  const bool all = std::all_of(read.begin(), read.end(), [](bool yes) { return yes; });
  if (all && !read.empty()) read.back() = false;
  for (size_t group = 0; group < read.size(); ++group) {
    if (is_input(network, group)) read[group] = false;
  }
  return read;
}

size_t group_named(const UnitNetwork& network, const std::string& name) {
  for (size_t group = 0; group < network.groups.size(); ++group) {
    if (network.groups[group].name == name) return group;
  }
  throw Error(ErrorCode::internal, "the network has no units of '" + name + "'");
}

}  // namespace

std::vector<LayerClusters> sub_clusters(const UnitNetwork& network,
                                        const std::vector<UnitGroup>& groups,
                                        const UnitLabels& labels) {
  const std::vector<bool> hidden = hidden_groups(network);
  std::vector<LayerClusters> out;
  size_t first = 0;
  for (const UnitGroup& own : groups) {
    const size_t group = group_named(network, own.name);
    std::map<int64_t, UnitSet> by_label;
    LayerClusters layer{static_cast<int64_t>(group), own.name, {}, {}};
    for (int64_t unit = 0; unit < own.units; ++unit) {
      const int64_t label = labels.at(first + static_cast<size_t>(unit));
      if (label == kNoCluster) continue;
      layer.live.push_back(unit);
      by_label[label].push_back(unit);
    }
    first += static_cast<size_t>(own.units);
    if (!hidden[group] || layer.live.empty()) continue;
    for (auto& [label, units] : by_label) layer.sub_clusters.push_back({label, std::move(units)});
    out.push_back(std::move(layer));
  }
  return out;
}

UnitSet random_units(const UnitSet& live, int64_t count, uint64_t seed) {
  const auto order = permutation(static_cast<int64_t>(live.size()), seed);
  UnitSet out;
  for (int64_t i = 0; i < count; ++i) {
    out.push_back(live.at(static_cast<size_t>(order.at(static_cast<size_t>(i)))));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace v1
}  // namespace modhost
