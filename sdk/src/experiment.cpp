#include "modhost/experiment.h"

#include <utility>

#include "modhost/error.h"
#include "modhost/evaluate.h"
#include "modhost/loss.h"
#include "modhost/random.h"
#include "modhost/training_step.h"

namespace modhost {
inline namespace v1 {

Experiment::Experiment(Parts parts)
    : parts_(std::move(parts)),
      writer_(parts_.folder),
      trainer_(parts_.folder, &writer_, parts_.progress, parts_.stop, parts_.checkpoint_seconds) {}

Experiment::~Experiment() = default;

uint64_t Experiment::seed(const std::string& purpose) const {
  return derive_seed(parts_.seed, purpose);
}

ModelBase& Experiment::network() {
  ModelBase& model = *parts_.model;
  if (trained_) return model;
  const DatasetBase& data = *parts_.dataset;
  check(data.all(Split::test)->size() > 0, ErrorCode::config,
        "the dataset has no test " + data.unit() + ", so no accuracy can be told");
  EvaluateOptions how;
  how.device = parts_.device;
  how.stop = parts_.stop;
  if (parts_.begin == Begin::nothing) model.initialize(seed("network"));
  model.to(parts_.device);
  if (parts_.begin == Begin::network) {
    writer_.scalar("train/samples", 0.0);
  } else {
    train(how);
  }
  model.require_gradients(false);
  model.set_training(false);
  writer_.tensors("network", model.state());
  const Evaluation test = evaluate(model, *data.all(Split::test), how);
  if (has_accuracy(model.signature())) writer_.scalar("test/accuracy", test.accuracy);
  writer_.scalar("test/loss", test.loss);
  for (const auto& [group, accuracy] : test.group_accuracy) {
    writer_.scalar("test/accuracy/" + group, accuracy);
  }
  trained_ = true;
  return model;
}

void Experiment::train(const EvaluateOptions& how) {
  ModelBase& model = *parts_.model;
  const DatasetBase& data = *parts_.dataset;
  model.require_gradients(true);
  const auto validation = data.all(Split::validation);

  TrainTask task;
  task.name = "network";
  for (const Parameter& parameter : model.parameters()) {
    task.trained.emplace_back(parameter.name(), parameter.tensor());
  }
  task.also_saved = model.buffers();
  task.data = data.all(Split::train);
  task.unit = data.unit();
  task.seed = seed("network/order");
  task.device = parts_.device;
  task.step = [&, noise = seed("network/noise")](const Batch& batch, int64_t step) {
    return network_step(model, batch, {{noise}, static_cast<uint64_t>(step)});
  };
  if (validation->size() > 0) {
    task.validate = [&] {
      const Evaluation found = evaluate(model, *validation, how);
      return has_accuracy(model.signature()) ? found.accuracy : -found.loss;
    };
  }
  const TrainSummary summary = trainer_.fit(task, parts_.plan);
  writer_.scalar("train/samples", static_cast<double>(summary.samples));
}

}  // namespace v1
}  // namespace modhost
