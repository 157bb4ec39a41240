// All that is done with a trained network whose clusters are known.
#pragma once

#include <modhost/experiment.h>
#include <modhost/sub_clusters.h>

#include <memory>
#include <string>
#include <vector>

#include "featurevis_options.h"
#include "test_data.h"
#include "trial.h"

namespace modhost_featurevis {

class Study {
 public:
  // All outlive it.
  Study(modhost::Experiment& experiment, modhost::ModelBase& model,
        const modhost::UnitNetwork& network, const FeaturevisOptions& options);

  // Of all sub-clusters, layer by layer; writes the sheets of a layer when it is finished and keeps
  // the inputs of the sub-clusters only.
  std::vector<Trial> trials(const std::vector<modhost::LayerClusters>& layers) const;

  // A sentence for each kind of sheet.
  void say_where() const;

 private:
  modhost::UnitSet random_set(const modhost::LayerClusters& layer, const modhost::SubCluster& own,
                              int64_t draw) const;
  std::vector<Trial> optimised(const modhost::LayerClusters& layer,
                               const std::function<void(int64_t)>& done) const;
  void add_tops(std::vector<Trial>& trials, const modhost::LayerClusters& layer,
                const modhost::Tensor& values) const;
  void write_receptive(const modhost::LayerClusters& layer, const modhost::Tensor& values,
                       const modhost::Tensor& inputs) const;
  // [samples, units] of each group, where an option asks for them.
  std::vector<modhost::Tensor> values() const;
  void write_sheets(const std::vector<Trial>& layer) const;
  AscentPlan plan() const;
  bool images() const { return model_.signature().input == modhost::Input::image; }

  modhost::Experiment& experiment_;
  modhost::ModelBase& model_;
  const modhost::UnitNetwork& network_;
  const FeaturevisOptions& options_;
  std::shared_ptr<const modhost::Source> source_;
  TestSamples samples_;
  InputRange range_;
  modhost::Tensor classes_;  // of the samples; undefined where they have none
};

}  // namespace modhost_featurevis
