// Clusters of units that do the same on data, beside clusters of units that weights connect.
#pragma once

#include <modhost/experiment.h>

#include <vector>

#include "clusterer.h"
#include "significance_test.h"

namespace modhost_spectral {

// Without inputs and outputs. Error(config) when no two layers that read each other are left.
modhost::UnitNetwork hidden_units(const modhost::ModelBase& model,
                                  const SpectralMethodOptions& options);

// What the hidden units do on test samples, as options().activation_* say.
struct HiddenValues {
  modhost::UnitNetwork network;
  std::vector<modhost::Tensor> values;  // [samples, units] of each group; undefined: not shown
};
HiddenValues hidden_values(modhost::Experiment& experiment, modhost::ModelBase& model,
                           const SpectralMethodOptions& options);

// Clusters the hidden units by their correlations on test samples (Filan et al. 2021, section
// "activations"), compares with the clusters of the weights, and writes scalars and tables under
// `activations/`. With local clusters each layer alone: as many as it has among those of all layers
// (Hod et al. 2021). Returns the test against graphs whose correlations have changed places.
NullTest compare_activations(modhost::Experiment& experiment, const HiddenValues& hidden,
                             const SpectralMethodOptions& options,
                             const modhost::UnitGraph& weights, const Clusterer& clusterer);

// Mean weight of the edges between two different units: of one cluster, and of two. Units without
// a cluster or without edges are left out; 0 when there is no such pair.
struct PairMeans {
  double within = 0, between = 0;
};
PairMeans pair_means(const modhost::UnitGraph& graph, const modhost::UnitLabels& labels);

// The edges within one group alone.
modhost::UnitGraph group_graph(const modhost::UnitGraph& graph, int64_t group);

}  // namespace modhost_spectral
