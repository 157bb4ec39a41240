// The graph of a network's units: what spectral clustering cuts and tests compare.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {

// Units of one kind: the inputs, or the neurons, channels, hidden units or heads of a layer.
struct UnitGroup {
  std::string name;
  int64_t units = 0;
};

// Undirected edges between the units of two groups, or within one.
struct UnitBlock {
  int64_t from = 0;  // positions in UnitGraph::groups
  int64_t to = 0;
  // [units of `to`, units of `from`], double, contiguous, on the CPU; finite, not negative, 0: no
  // edge. Within one group entry [i, j] and entry [j, i] both count to the edge between i and j,
  // and the diagonal does not count.
  Tensor weights;
};

// Units are numbered group after group. The adjacency matrix is the sum of all blocks and their
// transposes.
struct UnitGraph {
  std::vector<UnitGroup> groups;
  std::vector<UnitBlock> blocks;

  int64_t units() const;
  std::vector<int64_t> offsets() const;  // the first unit of each group, then units()
  std::vector<double> degrees() const;   // the sum of each unit's edges
};

// The cluster of each unit, from 0, or kNoCluster.
using UnitLabels = std::vector<int64_t>;
constexpr int64_t kNoCluster = -1;

}  // namespace v1
}  // namespace modhost
