// Modules of a network from the wiring that pruning left (Patil et al. 2023, "Neural Sculpting",
// section 4): units of a layer that reach the same units form clusters, and clusters of
// neighbouring layers that feed little else form modules.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "layer_clusters.h"
#include "wired.h"

namespace modhost_sculpting {

struct DetectionRule {
  int64_t feature_steps = 0;       // edges to look ahead for features; 0: to the end
  int64_t separability_steps = 0;  // layers whose units count for separability; 0: to the end
  double merging_threshold = 0.9;  // share of edges on both sides that joins a cluster to a module
  LayerRule layer;
  Direction direction = Direction::outgoing;
  bool weighted = false;  // distances from strengths, not only from where edges are
};

struct Detection {
  Wired live;                                  // the condensed network
  Alive alive;                                 // of all units
  std::vector<LayerChoice> layers;             // of the live units
  std::vector<std::vector<int64_t>> clusters;  // [layer][unit] of all units; -1: pruned
  std::vector<std::vector<int64_t>> modules;   // the same, numbers shared by the layers
  int64_t module_count = 0;
  // Between two modules, from the first to the second: the number of edges.
  std::map<std::pair<int64_t, int64_t>, int64_t> links;
};

Detection detect_modules(const Wired& wired, const DetectionRule& rule);

}  // namespace modhost_sculpting
