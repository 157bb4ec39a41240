// The clusters of one layer: how many there are, and who is in which.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "features.h"

namespace modhost_sculpting {

struct LayerRule {
  // The smallest -metric that is believed without the test of separability.
  double metric_threshold = 0.2;
};

struct LayerChoice {
  std::vector<double> metrics;  // of k = 2, 3, ..., units - 1
  std::optional<int64_t> test;  // what the test of separability said, where it was asked
  bool asked = false;
  int64_t clusters = 1;
  std::vector<int64_t> labels;  // of each unit, from 0 in order of first appearance
};

// Newman's modularity of a partition of the graph of distances, negated for distances: lower is
// better; rounded to 8 decimals, because ties count. `distances` [n, n].
double modularity_metric(const std::vector<double>& distances, const std::vector<int64_t>& labels);

// k with the lowest metric, of equal ones the largest; where that is 2, units - 1, or above
// -metric_threshold, the test of separability may say 1 or all. `nearby`: the columns it looks at.
LayerChoice clusters_of(const Features& features, size_t nearby, const LayerRule& rule);

}  // namespace modhost_sculpting
