// Networks without the weights inside of a cluster: those that join two of its units, in all
// layers at once (Hod et al. 2021, the PyTorch code's `ablation_accuracy`), beside networks without
// as many weights between random units. The published test has no such controls.
#pragma once

#include <modhost/evaluate.h>
#include <modhost/significance.h>
#include <modhost/unit_clusters.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "inner_weights.h"

namespace modhost_lesion {

// All test samples, then each group of samples (Source::groups), if there are two or more.
struct PartScore {
  double accuracy = 0, loss = 0;  // accuracy: 0 of real values
};

class TestParts {
 public:
  // The first `how.limit` samples; 0: all. The model and what `how` points at outlive the parts.
  TestParts(modhost::ModelBase& model, std::shared_ptr<const modhost::Source> source,
            const modhost::EvaluateOptions& how);

  const std::vector<std::string>& names() const { return names_; }
  bool by_loss() const { return by_loss_; }
  // [variants][parts], in one pass over the samples.
  std::vector<std::vector<PartScore>> operator()(int64_t size,
                                                 const modhost::Variations& variations) const;

 private:
  modhost::ModelBase& model_;
  modhost::EvaluateOptions how_;
  bool by_loss_;
  std::vector<std::string> names_;
  std::vector<std::shared_ptr<const modhost::Source>> sources_;  // they are all samples together
};

struct Ablated {
  double weights = 0, share = 0;  // removed; share of the sum of |w| of all weights between units
  std::vector<PartScore> parts;
};

struct Ablation {
  int64_t label = 0, units = 0;
  Ablated own;
  std::vector<Ablated> controls;  // none where every permutation leaves the cluster as it is
};

struct Ablations {
  std::vector<std::string> parts;
  bool by_loss = false;
  std::vector<PartScore> whole;
  std::vector<Ablation> clusters;
};

struct AblationPlan {
  modhost::UnitLabels labels;  // of all units of the network
  int64_t controls = 19;       // permutations of the labels within each layer, for all clusters
  bool last = false;           // also weights into the answer, which are left alone as published
  int64_t at_once = 16;        // networks in one forward pass, at most
  uint64_t seed = 0;
};

// How many networks are to be judged: each cluster, and its controls.
int64_t networks_of(const modhost::UnitNetwork& network, const AblationPlan& plan);

// `done` hears how many of them were.
Ablations ablations(const modhost::ModelBase& model, const modhost::UnitNetwork& network,
                    const TestParts& test, const AblationPlan& plan,
                    const std::function<void(int64_t)>& done);

// Of one part: is the damage greater than by random weights? Accuracy, or of real values the loss.
struct AblationTest {
  modhost::NullComparison accuracy, loss;
  double p = 1, p_tied = 1;
};
AblationTest tested(const Ablation& ablation, size_t part, bool by_loss);

}  // namespace modhost_lesion
