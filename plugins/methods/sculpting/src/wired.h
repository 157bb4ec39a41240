// The units of a network in layers, and which of them an edge connects.
#pragma once

#include <modhost/unit_network.h>

#include <cstdint>
#include <string>
#include <vector>

namespace modhost_sculpting {

// Edges from one layer to a later one.
struct Edges {
  size_t from = 0, to = 0;       // layers
  std::vector<double> strength;  // [units of `to`, units of `from`] >= 0; 0: no edge
};

struct Wired {
  std::vector<modhost::UnitGroup> layers;  // from the inputs to the outputs
  std::vector<Edges> edges;                // at most one for each pair of layers

  size_t units(size_t layer) const { return static_cast<size_t>(layers[layer].units); }
  bool has_edges_into(size_t layer) const;  // as the network is built, pruned or not
  bool has_edges_out_of(size_t layer) const;
};

// Strength: the sum of |w| over an edge's taps where it is above `threshold`. Layers are put into
// an order in which edges lead forward only; recurrent edges, within a layer or from the last layer
// back into the network, are left out.
// Error(config) when layers feed each other in a circle (sums of layers as one group).
Wired wired(const modhost::UnitNetwork& network, double threshold);
// The same with a threshold for each of the network's kernels.
Wired wired(const modhost::UnitNetwork& network, const std::vector<double>& thresholds);

// Which units of each layer take part: an input unit with an edge out of it, a hidden one with
// edges on both sides, every output unit; edges of units that do not take part do not count (Patil
// et al. 2023, "condensed architecture", until nothing changes).
using Alive = std::vector<std::vector<char>>;
Alive alive_units(const Wired& wired);

// Without the units that are not alive, which keep their order.
Wired condensed(const Wired& wired, const Alive& alive);

}  // namespace modhost_sculpting
