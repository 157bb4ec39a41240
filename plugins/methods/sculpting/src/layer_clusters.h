// The clusters of one layer: how many there are, and who is in which.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "separability.h"
#include "unit_features.h"

namespace modhost_sculpting {

// What says how many clusters there are; all so signed that lower is better, and rounded to 8
// decimals, because ties count.
enum class Criterion {
  modularity,         // of the graph of distances, negated for distances (modularity_metric)
  silhouette,         // negated, of the distances
  calinski_harabasz,  // negated, of features as points, as scikit-learn has it
  davies_bouldin,     // the same
};
Criterion criterion_named(const std::string& name);

struct LayerRule {
  // The smallest -metric that is believed without the test of separability.
  double metric_threshold = 0.2;
  LinkageRule linkage;
  Criterion criterion = Criterion::modularity;
};

struct LayerChoice {
  std::vector<double> metrics;  // of k = 2, 3, ..., units - 1; lower is better
  std::optional<int64_t> test;  // what the test of separability said, where it was asked
  bool asked = false;
  int64_t clusters = 1;
  std::vector<int64_t> labels;  // of each unit, from 0 in order of first appearance
};

// Newman's modularity of a partition of the graph of distances, negated for distances: lower is
// better; rounded to 8 decimals, because ties count. `distances` [n, n].
double modularity_metric(const std::vector<double>& distances, const std::vector<int64_t>& labels);

// The same of a linkage's k = 2 .. n - 1 clusters, one after the other, in n^2 steps in all.
std::vector<double> modularity_metrics(const std::vector<double>& distances,
                                       const modhost::Linkage& linkage, size_t n);

// k with the lowest metric, of equal ones the largest; where that is 2, units - 1, or above
// -metric_threshold, the test of separability may say 1 or all. `nearby`: the columns it looks at.
LayerChoice clusters_of(const Features& features, size_t nearby, const LayerRule& rule);

}  // namespace modhost_sculpting
