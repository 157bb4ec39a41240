// Graphs for the tests of spectral clustering: reference networks from files, and small ones.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "modhost/npz.h"
#include "modhost/unit_graph.h"

namespace modhost::testing {

struct ClusterCase {
  std::string name;
  int64_t clusters = 0;
  double least_ncut = 0;  // of scikit-learn's seeds
  UnitGraph graph;
  NpzArrays arrays;

  std::vector<double> numbers(const std::string& key) const;
};

std::vector<ClusterCase> cluster_cases();

// Groups "0", "1", ... with the absolute weights [out, in] between one and the next.
UnitGraph layered_graph(const std::vector<Tensor>& weights);

// Uniform weights below 1, zero but for a share of `density`.
UnitGraph random_layers(const std::vector<int64_t>& widths, double density, uint64_t seed);

// All edges between the units of one group: symmetric [n, n], counted once.
UnitGraph single_group(const Tensor& adjacency);

// A of the whole graph, [units, units].
Tensor adjacency_of(const UnitGraph& graph);

// The n-cut by its definition, over all pairs of units.
double slow_ncut(const UnitGraph& graph, const UnitLabels& labels);

}  // namespace modhost::testing
