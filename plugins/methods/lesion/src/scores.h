// What a network can do, with and without some of its units.
#pragma once

#include <modhost/evaluate.h>
#include <modhost/unit_network.h>

#include <functional>
#include <string>
#include <vector>

#include "silenced.h"

namespace modhost_lesion {

// On the test samples.
struct Score {
  double overall = 0;         // accuracy, or the loss of real values
  std::vector<double> parts;  // accuracies of classes, or of groups of samples; none of real values
};

class Scorer {
 public:
  // Parts: the classes that occur; of other outputs the groups of samples (Source::groups), if
  // there are two or more. `how` gives samples, device and stop. All outlive the scorer.
  Scorer(modhost::ModelBase& model, const modhost::UnitNetwork& network,
         const modhost::Source& source, modhost::EvaluateOptions how, int64_t at_once);

  bool by_loss() const { return by_loss_; }
  const std::vector<std::string>& part_names() const { return part_names_; }
  const Score& whole() const { return whole_; }  // of the unlesioned network

  // With each lesion, in weight ensembles of bounded size. `done` hears how many are finished.
  std::vector<Score> operator()(const std::vector<UnitSets>& lesions,
                                const std::function<void(int64_t)>& done) const;

 private:
  Score score_of(const modhost::Evaluation& evaluation) const;

  modhost::ModelBase& model_;
  const modhost::UnitNetwork& network_;
  const modhost::Source& source_;
  modhost::EvaluateOptions how_;
  int64_t at_once_;
  bool by_loss_ = false;
  std::vector<std::string> part_names_;
  std::vector<int64_t> classes_;  // the parts' rows of the confusion
  Score whole_;
};

}  // namespace modhost_lesion
