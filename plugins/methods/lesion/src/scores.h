// What a network can do, with and without some of its units.
#pragma once

#include <modhost/evaluate.h>
#include <modhost/unit_network.h>

#include <functional>
#include <string>
#include <vector>

#include "shared_prefix.h"
#include "silenced.h"

namespace modhost_lesion {

// On the test samples.
struct Score {
  double overall = 0;  // accuracy, or the loss of real values
  // Accuracies of classes, or of groups of samples; losses of groups of outputs, of real values.
  std::vector<double> parts;
};

class Scorer {
 public:
  // Parts: the classes that occur; of real values the groups of outputs (Source::output_groups), of
  // others those of samples (Source::groups), if there are two or more. `how` gives samples, device
  // and stop. All outlive the scorer.
  Scorer(modhost::ModelBase& model, const modhost::UnitNetwork& network,
         const modhost::Source& source, modhost::EvaluateOptions how, int64_t at_once);

  bool by_loss() const { return by_loss_; }
  const std::vector<std::string>& part_names() const { return part_names_; }
  const Score& whole() const { return whole_; }  // of the unlesioned network

  // With each lesion, in weight ensembles of bounded size: `at_once` and fewer for large weights.
  // What comes before the first lesioned layer is computed once where the network lets it. `done`
  // hears how many are finished.
  std::vector<Score> operator()(const std::vector<UnitSets>& lesions,
                                const std::function<void(int64_t)>& done) const;

 private:
  Score score_of(const modhost::Evaluation& evaluation) const;
  // The most that gives what variants of the whole network do, on a few samples.
  Sharing possible_sharing(const std::vector<UnitSets>& lesions) const;
  // row_bytes: SharedPrefix::row_bytes()
  modhost::Tensor output(const std::vector<UnitSets>& lesions, Sharing sharing,
                         const modhost::Batch& batch, int64_t* row_bytes = nullptr) const;
  int64_t batch_size(int64_t lesions) const;
  std::vector<modhost::Evaluation> evaluations(const std::vector<UnitSets>& lesions,
                                               Sharing sharing) const;
  int64_t bytes_of(const std::vector<UnitSets>& lesions, Sharing sharing) const;

  modhost::ModelBase& model_;
  const modhost::UnitNetwork& network_;
  const modhost::Source& source_;
  modhost::EvaluateOptions how_;
  int64_t at_once_;
  bool by_loss_ = false;
  std::vector<std::string> part_names_;
  std::vector<int64_t> classes_;  // the parts' rows of the confusion
  Score whole_;
  mutable int64_t row_bytes_ = 1;  // of the lesions that were tried last
};

}  // namespace modhost_lesion
