// What a hidden unit is worth to a network.
#pragma once

#include <modhost/dataset.h>
#include <modhost/unit_activations.h>

#include <string>
#include <vector>

#include "cuts.h"

namespace modhost_sculpting {

enum class ScoreNorm {
  none,
  sum_scores,      // over the sum of the layer's scores that are not 0
  mean_std,        // less their mean, over their standard deviation
  mean,            // less their mean
  std,             // over their standard deviation
  prev_num_units,  // over the live units of the layer before
  num_units,       // times the live units of the layer
};
ScoreNorm score_norm_named(const std::string& name);

// The scores of one layer's units, as the published program normalises them; zeros stay zeros.
// `before`: live units that feed the layer.
std::vector<double> normalized_scores(std::vector<double> scores, ScoreNorm norm, double live,
                                      double before);

enum class UnitMetric {
  loss_gradient,      // mean |a dL/da|
  output_gradient,    // the same of the sum of the outputs
  activation_weight,  // mean activation times the mean |w| of the weights out of it that are left
};
UnitMetric unit_metric_named(const std::string& name);

// Scores of all hidden units, [networks][units, group after group]; 0 for those that are gone, NaN
// where they cannot be told. The kind of score of `how` is that of the metric.
std::vector<std::vector<double>> unit_scores(const Cutter& cutter, const Networks& networks,
                                             const modhost::Source& samples, UnitMetric metric,
                                             ScoreNorm norm, modhost::UnitScoreChoice how);

}  // namespace modhost_sculpting
