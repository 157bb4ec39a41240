// Are modules more than what random wirings with the same numbers of edges would give?
#pragma once

#include <modhost/significance.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "modules.h"

namespace modhost_sculpting {

// What holds a module together.
struct Cohesion {
  int64_t units = 0;
  int64_t inside = 0;   // edges between its units
  int64_t touched = 0;  // edges with an end in it
  // inside / touched: 1 is a network of its own, 0 a module of one layer.
  double share = 0;
  // What it adds to Newman's modularity: inside / all edges, less what the numbers of edges of its
  // units would give by chance (Leicht, Newman 2008, of directed edges). 0 for one module of all.
  double gain = 0;
  // The mean cosine of features of two of its units in one layer; 0 where no layer has two.
  double likeness = 0;
};
std::vector<Cohesion> cohesions(const Detection& found, const DetectionRule& rule);

// Beside random wirings: `labels`, the same units in each; `search`, the best module of as many
// units or more that is detected in each, which also pays for the search.
struct ModuleTest {
  Cohesion own;
  modhost::NullComparison gain_labels, gain_search, likeness_labels, likeness_search;
};

struct WiringTest {
  std::vector<ModuleTest> modules;
  modhost::NullComparison modularity;  // the sum of gains, of the modules that are detected
  std::vector<double> drawn;           // the same of each random wiring
  std::vector<double> insides;         // shares of edges within modules of each
  std::vector<double> counts;          // modules in each
};

double modularity(const std::vector<Cohesion>& modules);

// Every unit keeps its numbers of edges in and out, for each pair of layers.
Wired random_wiring(const Wired& live, uint64_t seed);

// `draws` of them; `done` hears after each.
WiringTest against_random_wirings(const Detection& found, const DetectionRule& rule, int64_t draws,
                                  uint64_t seed, const std::function<void(int64_t)>& done);

}  // namespace modhost_sculpting
