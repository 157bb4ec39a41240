#include "training.h"

#include <utility>

#include "modhost/training_step.h"
#include "update_once.h"

namespace modhost::bench {
namespace {

constexpr uint64_t kNoise = 2;
constexpr double kInitialLogit = 2;

TrainPlan plan_of(double lr, double clip_norm, double penalty) {
  TrainPlan plan;
  plan.lr = lr;
  plan.clip_norm = clip_norm;
  plan.linear_penalty = penalty;
  return plan;
}

TrainTask network_task(ModelBase& model) {
  TrainTask task;
  task.name = "network";
  for (const Parameter& parameter : model.parameters()) {
    task.trained.emplace_back(parameter.name(), parameter.tensor());
  }
  task.step = [&](const Batch& batch, int64_t step) {
    return network_step(model, batch, {{kNoise}, static_cast<uint64_t>(step)});
  };
  return task;
}

TrainTask mask_task(ModelBase& model, const Masks& masks, int64_t samples, Estimator estimator) {
  TrainTask task;
  task.name = "masks";
  task.trained = masks.logits();
  task.step = [&, samples, estimator](const Batch& batch, int64_t step) {
    MaskSampling sampling;
    sampling.samples = samples;
    sampling.estimator = estimator;
    sampling.noise.key = kNoise;
    sampling.noise.step = static_cast<uint64_t>(step);
    return mask_step(model, masks, sampling, batch);
  };
  return task;
}

}  // namespace

Training::Training(Batch batch, TrainTask task, const TrainPlan& plan)
    : batch_(std::move(batch)),
      task_(std::move(task)),
      lr_(plan.lr),
      optimizer_(task_.trained, plan) {}

void Training::step() { detail::update_once(optimizer_, task_, batch_, steps_++, lr_); }

PlainTraining::PlainTraining(ModelBase& model, const Network& network)
    : Training(some_batch(network), network_task(model), plan_of(1e-3, network.plain_clip, 0)),
      model_(model) {}

MaskTraining::MaskTraining(ModelBase& model, const Network& network, Estimator estimator)
    : MaskTraining(
          model, network, estimator,
          std::make_shared<Masks>(model, MaskChoice{{"*"}, network.exclude, kInitialLogit})) {}

MaskTraining::MaskTraining(ModelBase& model, const Network& network, Estimator estimator,
                           std::shared_ptr<const Masks> masks)
    : Training(some_batch(network), mask_task(model, *masks, network.samples, estimator),
               plan_of(1e-2, network.mask_clip, network.penalty)),
      model_(model),
      masks_(std::move(masks)) {}

}  // namespace modhost::bench
