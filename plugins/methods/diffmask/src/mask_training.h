// How masks are trained: one after the other, or all together as one ensemble.
#pragma once

#include <modhost/experiment.h>
#include <modhost/mask_family.h>

#include <memory>
#include <string>
#include <vector>

#include "diffmask_options.h"
#include "mask_evaluation.h"
#include "mask_jobs.h"

namespace modhost_diffmask {

// The shortest text that is the same number: "1e-05".
std::string text_of(double number);

// What the options say of which parameters are masked; as many sets as there are masks.
modhost::MaskChoice mask_choice(const DiffmaskOptions& options,
                                std::shared_ptr<const modhost::MaskFamily> family,
                                int64_t sets = 1);

// The logits of the first set that decide about the parameters which the globs name: [1, ...] under
// the names of the logits. Error(config) when they decide about other parameters, too.
modhost::NamedTensors kept_logits(const modhost::Masks& masks,
                                  const std::vector<std::string>& keep);

// The probability that each weight is kept at the end of a training: double, of the logits' names
// and shapes.
modhost::NamedTensors probabilities(const modhost::MaskFamily& family,
                                    const modhost::NamedTensors& logits);

class MaskTraining {
 public:
  // All outlive it. The network is trained and frozen.
  MaskTraining(modhost::Experiment& experiment, modhost::ModelBase& network,
               const MaskEvaluation& evaluation, const DiffmaskOptions& options)
      : experiment_(experiment),
        network_(network),
        evaluation_(evaluation),
        options_(options),
        family_(experiment.mask_family()) {}

  // The logits of each job under this weight of the penalty, of every weight, [*shape] each.
  // Together or one after the other, they are the same but for rounding: each mask has its own
  // data, order and noise.
  std::vector<modhost::NamedTensors> train(const std::vector<MaskJob>& jobs, double alpha);

  // Why a mask of this training may keep nothing, and what to try.
  std::string why_empty(double alpha) const;

 private:
  using Jobs = std::vector<MaskJob>;
  // One stage of the training: the jobs of it that go on.
  struct Stage {
    std::string name;
    double alpha = 0;
    Jobs jobs;
    bool warned = false;  // of a mask that keeps nothing
  };
  modhost::TrainTask task_of(const std::string& stage, const Jobs& jobs) const;
  // All jobs together. What `given` names keeps those logits; takes up the logits of what the
  // option `keep` names, of the first job.
  std::vector<modhost::NamedTensors> train_set(Stage stage, modhost::NamedTensors& given);
  modhost::TrainPlan plan(double alpha) const;
  int64_t steps_of(const MaskJob& job) const;
  double progress(const MaskJob& job, int64_t step) const;
  modhost::MaskSampling sampling(const Jobs& jobs, int64_t step) const;
  modhost::StepResult step(const modhost::Masks& masks, const Stage& stage,
                           const modhost::Batch& batch, int64_t step) const;
  bool penalises_logits() const;
  modhost::Tensor penalty(const modhost::Masks& masks, const modhost::MaskSampling& sampling) const;
  void warn_of_empty(const modhost::Masks& masks, Stage& stage, int64_t step);
  double score(const modhost::NamedTensors& bits, const MaskJob& job) const;
  void clamp(const modhost::Masks& masks) const;

  modhost::Experiment& experiment_;
  modhost::ModelBase& network_;
  const MaskEvaluation& evaluation_;
  const DiffmaskOptions& options_;
  std::shared_ptr<const modhost::MaskFamily> family_;
};

}  // namespace modhost_diffmask
