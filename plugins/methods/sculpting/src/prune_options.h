// Options of pruning, to be put on top of others.
#pragma once

#include <modhost/option.h>

#include "pruner.h"

namespace modhost_sculpting {

// When a step is accepted, and how a pruned network is trained on.
template <typename Base>
struct WithRetraining : Base {
  modhost::Option<double> accuracy{
      *this,
      "accuracy",
      1,
      "share of right answers on the validation split that a pruned network must have",
      modhost::Range{0, 1},
      modhost::Paper{"Patil et al. 2023: 1 for Boolean functions"}};
  modhost::Option<bool> relative{
      *this, "relative", false, "'accuracy' is a share of that of the network before it is pruned"};
  modhost::Option<int64_t> epochs{*this, "epochs", 0,
                                  "passes over the training split after each cut; 0: train.epochs",
                                  modhost::AtLeast{0}};
  modhost::Option<double> lr{*this, "lr", 0, "learning rate after each cut; 0: train.lr",
                             modhost::AtLeast{0}};

  modhost::TrainPlan retraining(modhost::TrainPlan plan) const {
    if (epochs() > 0) plan.epochs = epochs();
    if (lr() > 0) plan.lr = lr();
    return plan;
  }
  void retraining_rule(PruneRule& rule) const {
    rule.accuracy = accuracy();
    rule.relative = relative();
  }
};

// kAll: all gradients of the study, to take the best of.
template <typename Base, bool kAll>
struct WithUnits : Base {
  modhost::Option<std::vector<double>> unit_gradients{
      *this,
      "unit_gradients",
      kAll ? std::vector<double>{70, 65, 60, 55, 50, 45, 40, 35, 30, 25, 20, 15, 10, 5}
           : std::vector<double>{70},
      "per cent of the hidden units in the first step; of several the best is taken",
      modhost::Above{0},
      modhost::Paper{"Patil et al. 2023: 70, 65, ..., 5"}};
  modhost::Option<std::string> unit_schedule{
      *this, "unit_schedule", "linear",
      "how the share of pruned units grows until accuracy is lost; from then on its steps are "
      "halved",
      modhost::Choices{{"linear", "lth", "exponential", "cosine", "cubic"}}};
  modhost::Option<int64_t> unit_iterations{*this, "unit_iterations", 10,
                                           "steps to 100 per cent, of cosine and cubic",
                                           modhost::AtLeast{1}};
  modhost::Option<std::string> unit_score{
      *this,
      "unit_score",
      "activation_gradient_product",
      "what a unit is worth: mean |a dL/da|; the same of the sum of the outputs; or mean "
      "activation times the mean |w| out of it",
      modhost::Choices{{"activation_gradient_product", "activation_sum_gradient_product",
                        "average_activation_weight_magnitude"}},
      modhost::Paper{"Patil et al. 2023"}};
  modhost::Option<std::string> unit_norm{
      *this, "unit_norm", "none",
      "scores of a layer: over their sum, less their mean, over their deviation, both, over the "
      "live units of the layer before, times those of its own",
      modhost::Choices{
          {"none", "sum_scores", "mean", "std", "mean_std", "prev_num_units", "num_units"}}};

  void unit_rule(PruneRule& rule) const {
    rule.metric = unit_metric_named(unit_score());
    rule.norm = score_norm_named(unit_norm());
    rule.unit_shape = shape_named(unit_schedule());
    rule.unit_iterations = unit_iterations();
  }
};

template <typename Base>
struct WithEdges : Base {
  modhost::Option<std::vector<double>> edge_gradients{
      *this,
      "edge_gradients",
      {2.5, 2, 1.5, 1, 0.5},
      "per cent of all weights in the first step; of several the best is taken",
      modhost::Above{0},
      modhost::Paper{"Patil et al. 2023: 2.5, 2, 1.5, 1, 0.5"}};
  modhost::Option<std::string> edge_schedule{
      *this, "edge_schedule", "linear",
      "how the share of pruned weights grows until accuracy is lost",
      modhost::Choices{{"linear", "lth", "exponential", "cosine", "cubic"}}};
  modhost::Option<int64_t> edge_iterations{*this, "edge_iterations", 40,
                                           "steps to 100 per cent, of cosine and cubic",
                                           modhost::AtLeast{1}};

  void edge_rule(PruneRule& rule) const {
    rule.edge_shape = shape_named(edge_schedule());
    rule.edge_iterations = edge_iterations();
  }
};

}  // namespace modhost_sculpting
