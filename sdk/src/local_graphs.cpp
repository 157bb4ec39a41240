#include <algorithm>
#include <set>

#include "modhost/unit_network.h"

namespace modhost {
inline namespace v1 {
namespace {

std::vector<std::set<int64_t>> neighbours_of(const UnitGraph& graph) {
  std::vector<std::set<int64_t>> out(graph.groups.size());
  for (const UnitBlock& block : graph.blocks) {
    if (block.from == block.to) continue;
    out[static_cast<size_t>(block.from)].insert(block.to);
    out[static_cast<size_t>(block.to)].insert(block.from);
  }
  return out;
}

LocalGraph around(const UnitGraph& graph, int64_t middle, std::set<int64_t> near) {
  LocalGraph local;
  near.insert(middle);
  local.groups.assign(near.begin(), near.end());
  for (const int64_t group : local.groups) {
    local.graph.groups.push_back(graph.groups[static_cast<size_t>(group)]);
  }
  const auto place = [&](int64_t group) {
    return std::lower_bound(local.groups.begin(), local.groups.end(), group) - local.groups.begin();
  };
  for (const UnitBlock& block : graph.blocks) {
    if (block.from != middle && block.to != middle) continue;
    local.graph.blocks.push_back({place(block.from), place(block.to), block.weights});
  }
  local.labels = {middle};
  return local;
}

}  // namespace

std::vector<LocalGraph> local_graphs(const UnitGraph& graph) {
  const std::vector<std::set<int64_t>> near = neighbours_of(graph);
  const auto group_count = static_cast<int64_t>(near.size());
  std::vector<LocalGraph> out;
  std::vector<int64_t> ends;
  for (int64_t group = 0; group < group_count; ++group) {
    const auto& own = near[static_cast<size_t>(group)];
    // An end is read from the graph of the only group next to it; of two ends, from the first's.
    const bool end = own.size() == 1 &&
                     (near[static_cast<size_t>(*own.begin())].size() > 1 || *own.begin() < group);
    if (end) {
      ends.push_back(group);
    } else {
      out.push_back(around(graph, group, own));
    }
  }
  for (const int64_t group : ends) {
    const int64_t next = *near[static_cast<size_t>(group)].begin();
    for (LocalGraph& local : out) {
      if (local.labels.front() == next) local.labels.push_back(group);
    }
  }
  for (LocalGraph& local : out) std::sort(local.labels.begin(), local.labels.end());
  return out;
}

}  // namespace v1
}  // namespace modhost
