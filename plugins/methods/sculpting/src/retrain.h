// Pruned networks, trained on together.
#pragma once

#include <modhost/evaluate.h>
#include <modhost/experiment.h>

#include <string>
#include <vector>

#include "networks.h"

namespace modhost_sculpting {

class Retrainer {
 public:
  Retrainer(modhost::Experiment& experiment, modhost::ModelBase& model,
            const modhost::TrainPlan& plan);

  // From their weights, with a fresh optimiser and their entries that are gone at 0. Each returns
  // to the best of its epochs: highest accuracy on the validation split, of these the smallest
  // loss. Order and noise of the samples depend on a network's seed alone. Error(interrupted)
  // leaves a checkpoint under this name, from which the same call goes on.
  void train(Networks& networks, const std::vector<uint64_t>& seeds, const std::string& name);

  // On the validation split, or the test split.
  std::vector<double> accuracies(const Networks& networks, modhost::Split split) const;
  std::vector<double> losses(const Networks& networks) const;  // on the validation split

 private:
  void train_some(Networks& networks, const std::vector<uint64_t>& seeds, const std::string& name);
  std::vector<modhost::Evaluation> judged(const Networks& networks, modhost::Split split,
                                          bool losses) const;
  int64_t at_once() const;  // networks that are trained together

  modhost::Experiment& experiment_;
  modhost::ModelBase& model_;
  modhost::TrainPlan plan_;
};

}  // namespace modhost_sculpting
