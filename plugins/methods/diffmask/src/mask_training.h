// How masks are trained: one after the other, or all together as one ensemble.
#pragma once

#include <modhost/experiment.h>
#include <modhost/mask.h>

#include <string>
#include <vector>

#include "diffmask_options.h"
#include "mask_evaluation.h"
#include "mask_jobs.h"

namespace modhost_diffmask {

class MaskTraining {
 public:
  // All outlive it. The network is trained and frozen.
  MaskTraining(modhost::Experiment& experiment, modhost::ModelBase& network,
               const MaskEvaluation& evaluation, const DiffmaskOptions& options)
      : experiment_(experiment), network_(network), evaluation_(evaluation), options_(options) {}

  // The logits of each job under this weight of the penalty, [*shape] each. Results of both ways
  // are the same but for rounding: each mask has its own data, order and noise.
  std::vector<modhost::NamedTensors> train(const std::vector<MaskJob>& jobs, double alpha);

 private:
  using Jobs = std::vector<MaskJob>;
  modhost::TrainTask task_of(const std::string& stage, const Jobs& jobs) const;
  // All jobs together; parameters in `given` keep those logits.
  std::vector<modhost::NamedTensors> train_set(const std::string& stage, const Jobs& jobs,
                                               double alpha, const modhost::NamedTensors& given);
  std::vector<uint64_t> noise(const Jobs& jobs, const std::vector<int64_t>& positions) const;
  modhost::TrainPlan plan(double alpha) const;
  modhost::MaskSampling sampling(const std::vector<uint64_t>& noise, int64_t step) const;
  modhost::StepResult step(const modhost::Masks& masks, const std::vector<uint64_t>& noise,
                           double alpha, const modhost::Batch& batch, int64_t step) const;
  double score(const modhost::NamedTensors& bits, const MaskJob& job) const;
  void clamp(const modhost::Masks& masks) const;

  modhost::Experiment& experiment_;
  modhost::ModelBase& network_;
  const MaskEvaluation& evaluation_;
  const DiffmaskOptions& options_;
};

}  // namespace modhost_diffmask
