// Pruning of many networks, or of one in many ways, side by side: in each round what is left to be
// tried is cut, trained on together, and kept where the accuracy is (Patil et al. 2023).
#pragma once

#include <modhost/experiment.h>

#include <functional>
#include <string>
#include <vector>

#include "cuts.h"
#include "retrain.h"
#include "share_search.h"
#include "unit_metric.h"

namespace modhost_sculpting {

// Before the network is trained. Error(config) when there is no accuracy to go by, no validation
// split, no epoch to train on, or nothing to prune; `units`: hidden units.
void check_prunable(const modhost::Experiment& experiment, const modhost::TrainPlan& plan,
                    bool units);

struct PruneRule {
  double accuracy = 1;    // that a pruned network must have
  bool relative = false;  // `accuracy` is a share of that of the network before pruning
  UnitMetric metric = UnitMetric::loss_gradient;
  ScoreNorm norm = ScoreNorm::none;
  Shape unit_shape = Shape::linear, edge_shape = Shape::linear;
  int64_t unit_iterations = 0, edge_iterations = 0;
};

// One way to prune one network.
struct Candidate {
  int64_t network = 0;         // number, for its seeds
  double gradient = 0;         // per cent in the first step
  double needed = 1;           // accuracy
  std::vector<double> path{};  // gradients of the stages before
  bool pruned = false;         // a step was accepted, in this stage or one before
};

struct Trial {
  double target = 0, accuracy = 0;  // per cent; 0 .. 1
  bool accepted = false;
};

// What came of the candidates of a stage.
struct Pruned {
  Networks networks;  // one for each candidate
  std::vector<Candidate> candidates;
  std::vector<std::vector<Trial>> trials;
};

class Pruner {
 public:
  Pruner(modhost::Experiment& experiment, modhost::ModelBase& model, const PruneRule& rule,
         const modhost::TrainPlan& plan);

  const Cutter& cutter() const { return cutter_; }
  const Retrainer& retrainer() const { return retrainer_; }
  // What the networks must answer right, by their accuracies now.
  std::vector<double> needed(const Networks& networks) const;

  // `networks` one for each candidate. Error(interrupted) when stopped; the same call in another
  // process then goes on after the last round that was saved, with the same result.
  Pruned units(Networks networks, std::vector<Candidate> candidates);
  // `continued`: the networks went through units() before.
  Pruned edges(Networks networks, std::vector<Candidate> candidates, bool continued);
  // Trained on once; those that lose their accuracy by it stay as they were.
  Networks trained_on(const Networks& networks, const std::vector<Candidate>& candidates);

 private:
  using Cut = std::function<void(Networks& trial, const std::vector<int64_t>& candidates,
                                 const std::vector<double>& targets)>;
  Pruned search(const std::string& stage, Pruned start, std::vector<ShareSearch> searches,
                const Cut& cut, const std::function<void(int64_t candidate)>& accepted);
  uint64_t order_seed(const std::string& stage, const Candidate& candidate) const;
  void tell(const std::vector<ShareSearch>& searches, int64_t round);

  modhost::Experiment& experiment_;
  PruneRule rule_;
  Cutter cutter_;
  Retrainer retrainer_;
};

}  // namespace modhost_sculpting
