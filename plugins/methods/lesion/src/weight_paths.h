// Which sub-cluster depends on which, by the weights alone: to be held beside what double lesions
// tell (the notebooks of Filan et al. 2021 compare the two).
#pragma once

#include <modhost/model.h>
#include <modhost/sub_clusters.h>

#include <string>
#include <vector>

namespace modhost_lesion {

// Two sub-clusters of different layers, x before y.
struct WeightPath {
  size_t x_layer = 0, x = 0, y_layer = 0, y = 0;  // positions: of layers, and in their sub-clusters
  double direct = 0;  // the edge from x to y: sum of |w| (or their mean), 0 without weights
  // direct + the sum over sub-clusters m between them of edge(x, m) * score(m, y): over all paths
  // from x to y through sub-clusters of hidden layers, the products of their edges.
  double score = 0;
  double normalised = 0;  // score over the largest of the two layers; 0 when that is 0
};

// All pairs whose layers are joined by weights, in the order of `layers`. Weights back to the same
// layer or an earlier one (recurrence) are no edges. `mean`: an edge is divided by its number of
// weights.
std::vector<WeightPath> weight_paths(const modhost::ModelBase& model,
                                     const modhost::UnitNetwork& network,
                                     const std::vector<modhost::LayerClusters>& layers, bool mean);

// How far two answers to the same questions agree.
struct Agreement {
  int64_t both = 0, only_lesions = 0, only_paths = 0, neither = 0;
  // The chance that a pair with a dependency has a larger normalised score than one without, ties
  // counting half; 0.5 is chance. Not a number unless there are both kinds.
  double ranking = 0;
  double share() const;  // of the pairs on which they agree; 0 of none
};
struct Judged {
  bool dependency = false;
  double normalised = 0;
};
Agreement agreement(const std::vector<Judged>& pairs, double threshold);

}  // namespace modhost_lesion
