#include "module_graph.h"

#include <algorithm>
#include <numeric>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

std::vector<std::vector<int64_t>> live_modules(const Detection& found) {
  std::vector<std::vector<int64_t>> out;
  for (const auto& layer : found.modules) {
    out.emplace_back();
    for (const int64_t module : layer) {
      if (module != kNoCluster) out.back().push_back(module);
    }
  }
  return out;
}

double inside_share(const Wired& live, const std::vector<std::vector<int64_t>>& modules) {
  int64_t inside = 0, all = 0;
  for (const Edges& edges : live.edges) {
    const size_t width = live.units(edges.from);
    for (size_t i = 0; i < edges.strength.size(); ++i) {
      if (edges.strength[i] <= 0) continue;
      ++all;
      if (modules[edges.from][i % width] == modules[edges.to][i / width]) ++inside;
    }
  }
  return all == 0 ? 0 : static_cast<double>(inside) / static_cast<double>(all);
}

std::vector<int64_t> levels_of(const Detection& found) {
  const auto count = static_cast<size_t>(found.module_count);
  std::vector<size_t> begins(count, found.modules.size());
  for (size_t layer = found.modules.size(); layer-- > 0;) {
    for (const int64_t module : found.modules[layer]) {
      if (module != kNoCluster) begins[static_cast<size_t>(module)] = layer;
    }
  }
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return begins[a] < begins[b]; });
  std::vector<int64_t> out(count, 0);
  for (const size_t module : order) {
    for (const auto& [pair, edges] : found.links) {
      const auto from = static_cast<size_t>(pair.first);
      if (static_cast<size_t>(pair.second) != module || begins[from] >= begins[module]) continue;
      out[module] = std::max(out[module], out[from] + 1);
    }
  }
  return out;
}

}  // namespace modhost_sculpting
