// One graph in, its clusters and n-cut out: the same for a network and for its null models.
#pragma once

#include <modhost/spectral.h>

#include <string>
#include <vector>

#include "spectral_options.h"

namespace modhost_spectral {

struct Clusters {
  modhost::UnitLabels labels;
  double ncut = 0;                  // of the labels; of local clusterings their mean
  std::vector<double> eigenvalues;  // none of local clusterings
  double agreement = 0;             // of aligned local clusterings, as align_labels gives it
};

class Clusterer {
 public:
  // The number of clusters is settled by `graph`, that of the network itself.
  Clusterer(const SpectralMethodOptions& options, const modhost::UnitGraph& graph, uint64_t seed);

  int64_t clusters() const { return options_.clusters; }
  modhost::Isolated isolated() const { return options_.isolated; }
  bool aligned() const { return aligned_; }  // numbers of local clusters go from layer to layer
  // Of the network's own graph.
  const Clusters& own() const { return own_; }
  // What operator() gives for it, to compare with null models.
  double tested_ncut() const { return tested_ncut_; }
  // Of another one with the same groups, with restarts of its own. Thread-safe.
  Clusters operator()(const modhost::UnitGraph& graph, uint64_t seed) const;

 private:
  Clusters local(const modhost::UnitGraph& graph, const modhost::SpectralOptions& options,
                 bool align) const;

  modhost::SpectralOptions options_;
  bool commute_ = false, aligned_ = false;
  std::vector<int64_t> local_clusters_;  // of each local graph; none: not local
  Clusters own_;
  double tested_ncut_ = 0;
};

}  // namespace modhost_spectral
