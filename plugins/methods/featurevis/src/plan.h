// What is to be looked at, and what speaks against it.
#pragma once

#include <modhost/experiment.h>
#include <modhost/sub_clusters.h>

#include <vector>

#include "featurevis_options.h"

namespace modhost_featurevis {

// Layers with sub-clusters whose sizes the options allow, and how many others there are.
struct Subjects {
  std::vector<modhost::LayerClusters> layers;
  int64_t left_out = 0;
};
// As sub_clusters(). Error(config) when nothing is left.
Subjects subjects_of(const modhost::UnitNetwork& network,
                     const std::vector<modhost::UnitGroup>& groups,
                     const modhost::UnitLabels& labels, const FeaturevisOptions& options);

// What can be told before hours of training: Error(config) for inputs that are not real values, no
// test samples, more clusters than units, labels that do not fit, changes of images without images.
void check_plan(modhost::Experiment& experiment, const FeaturevisOptions& options);

}  // namespace modhost_featurevis
