#include "modules.h"

#include <algorithm>
#include <numeric>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

using Labels = std::vector<std::vector<int64_t>>;

// Every unit a cluster of its own.
LayerChoice apart(size_t units) {
  LayerChoice out;
  out.clusters = static_cast<int64_t>(units);
  out.labels.resize(units);
  std::iota(out.labels.begin(), out.labels.end(), 0);
  return out;
}

size_t nearby_units(const Wired& live, size_t layer, int64_t steps) {
  size_t out = 0;
  for (size_t at = layer + 1; at < live.layers.size(); ++at) {
    if (steps > 0 && at > layer + static_cast<size_t>(steps)) break;
    out += live.units(at);
  }
  return out;
}

// Edges between what is labelled on one side and on the other.
using Counts = std::map<int64_t, std::map<int64_t, int64_t>>;

// From modules of the layers that feed `layer` to its clusters.
Counts edges_into(const Wired& live, const Labels& modules, const LayerChoice& clusters,
                  size_t layer) {
  Counts out;
  for (const Edges& edges : live.edges) {
    if (edges.to != layer) continue;
    const size_t width = live.units(edges.from);
    for (size_t i = 0; i < edges.strength.size(); ++i) {
      if (edges.strength[i] <= 0) continue;
      ++out[modules[edges.from][i % width]][clusters.labels[i / width]];
    }
  }
  return out;
}

// Modules of the layers that feed `layer`, in order of first appearance.
std::vector<int64_t> feeding_modules(const Wired& live, const Labels& modules, size_t layer) {
  std::vector<int64_t> out;
  for (size_t from = 0; from < layer; ++from) {
    const bool feeds = std::any_of(live.edges.begin(), live.edges.end(), [&](const Edges& edges) {
      return edges.from == from && edges.to == layer;
    });
    if (!feeds) continue;
    for (const int64_t module : modules[from]) {
      if (std::find(out.begin(), out.end(), module) == out.end()) out.push_back(module);
    }
  }
  return out;
}

// The module that cluster `own` belongs to, or -1: nearly all edges into the cluster come from it,
// and nearly all edges out of it into this layer go there.
int64_t joined(const Counts& counts, const std::vector<int64_t>& candidates, int64_t own,
               double threshold, bool last) {
  double into = 0;
  for (const auto& [module, row] : counts) {
    const auto found = row.find(own);
    if (found != row.end()) into += static_cast<double>(found->second);
  }
  for (const int64_t module : candidates) {
    const auto row = counts.find(module);
    if (row == counts.end()) continue;
    const auto found = row->second.find(own);
    if (found == row->second.end()) continue;
    double out_of = 0;
    for (const auto& [cluster, edges] : row->second) out_of += static_cast<double>(edges);
    const auto edges = static_cast<double>(found->second);
    if (edges / into > threshold && (last || edges / out_of > threshold)) return module;
  }
  return -1;
}

Labels merged(const Wired& live, const std::vector<LayerChoice>& layers, double threshold,
              int64_t& next) {
  Labels modules;
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    const bool last = !live.has_edges_out_of(layer);
    const Counts counts = edges_into(live, modules, layers[layer], layer);
    const std::vector<int64_t> candidates = feeding_modules(live, modules, layer);
    std::map<int64_t, int64_t> module_of;
    modules.emplace_back();
    for (const int64_t cluster : layers[layer].labels) {
      auto found = module_of.find(cluster);
      if (found == module_of.end()) {
        const int64_t module = joined(counts, candidates, cluster, threshold, last);
        found = module_of.emplace(cluster, module >= 0 ? module : next++).first;
      }
      modules.back().push_back(found->second);
    }
  }
  return modules;
}

// Of all units, from those of the live ones.
Labels spread(const Alive& alive, const Labels& live) {
  Labels out;
  for (size_t layer = 0; layer < alive.size(); ++layer) {
    auto label = live[layer].begin();
    out.emplace_back();
    for (const char lives : alive[layer]) out.back().push_back(lives != 0 ? *label++ : kNoCluster);
  }
  return out;
}

std::map<std::pair<int64_t, int64_t>, int64_t> links_of(const Wired& live, const Labels& modules) {
  std::map<std::pair<int64_t, int64_t>, int64_t> out;
  for (const Edges& edges : live.edges) {
    const size_t width = live.units(edges.from);
    for (size_t i = 0; i < edges.strength.size(); ++i) {
      const int64_t from = modules[edges.from][i % width], to = modules[edges.to][i / width];
      if (edges.strength[i] > 0 && from != to) ++out[{from, to}];
    }
  }
  return out;
}

}  // namespace

Detection detect_modules(const Wired& wired, const DetectionRule& rule) {
  Detection out;
  out.alive = alive_units(wired);
  out.live = condensed(wired, out.alive);
  const auto depth = static_cast<int64_t>(out.live.layers.size());
  const int64_t steps = rule.feature_steps > 0 ? rule.feature_steps : depth;
  const auto features = features_of(out.live, steps, rule.direction, rule.weighted);
  Labels clusters;
  for (size_t layer = 0; layer < out.live.layers.size(); ++layer) {
    const size_t nearby = rule.direction == Direction::outgoing
                              ? nearby_units(out.live, layer, rule.separability_steps)
                              : features[layer].columns();
    out.layers.push_back(out.live.has_edges_out_of(layer)
                             ? clusters_of(features[layer], nearby, rule.layer)
                             : apart(out.live.units(layer)));
    clusters.push_back(out.layers.back().labels);
  }
  const Labels modules = merged(out.live, out.layers, rule.merging_threshold, out.module_count);
  out.clusters = spread(out.alive, clusters);
  out.modules = spread(out.alive, modules);
  out.links = links_of(out.live, modules);
  return out;
}

}  // namespace modhost_sculpting
