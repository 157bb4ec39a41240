#include "modhost/experiment.h"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "cluster_term.h"
#include "modhost/error.h"
#include "modhost/evaluate.h"
#include "modhost/loss.h"
#include "modhost/mask_family.h"
#include "modhost/network_group.h"
#include "modhost/random.h"
#include "modhost/training_step.h"
#include "modular_init.h"
#include "network_report.h"
#include "pruning_phase.h"
#include "snapshots.h"

namespace modhost {
inline namespace v1 {
namespace {

// Of an evaluation on the validation split: higher is better.
double score(const ModelBase& model, const Evaluation& found) {
  return has_accuracy(model.signature()) ? found.accuracy : -found.loss;
}

std::vector<double> scores(const ModelBase& model, const std::vector<Evaluation>& all) {
  std::vector<double> out;
  for (const Evaluation& found : all) out.push_back(score(model, found));
  return out;
}

void freeze(ModelBase& model) {
  model.require_gradients(false);
  model.set_training(false);
}

void initialize(ModelBase& model, const TrainPlan& plan, uint64_t seed) {
  model.initialize(seed);
  detail::scale_modules(model, plan.init, seed);
}

// Empty without such a penalty.
std::optional<detail::ClusterTerm> cluster_term(const ModelBase& model, const TrainPlan& plan) {
  if (plan.clusterability.weight == 0) return std::nullopt;
  return detail::ClusterTerm(model, plan.clusterability);
}

// What the files of networks before their pruning say of them.
Metadata unpruned_facts(const TrainTask& task, const TrainPlan& plan) {
  const int64_t per_epoch = task.data.front()->size() / plan.batch_size;
  if (!plan.prune.on() || per_epoch == 0) return {};
  const int64_t total = plan.steps > 0 ? plan.steps : plan.epochs * per_epoch;
  TrainPoint point;
  point.step = total - detail::pruning_steps(plan.prune, total, per_epoch, task.name);
  point.epoch = point.step / per_epoch;
  return detail::snapshot_metadata(detail::kUnpruned, point, plan.batch_size);
}

// A network without kernels has nothing that these options are about.
void check_kernels(const ModelBase& model, const TrainPlan& plan) {
  const bool asked = plan.l1 != 0 || plan.l2 != 0 || plan.prune.on();
  check(!asked || !kernel_names(model).empty(), ErrorCode::config,
        "options 'train.l1', 'train.l2' and 'train.prune' are about weights that connect units, "
        "and no layer of this model says that it has any",
        "leave them out");
}

}  // namespace

Experiment::Experiment(Parts parts)
    : parts_(std::move(parts)),
      writer_(parts_.folder),
      trainer_(parts_.folder, &writer_, parts_.progress, parts_.stop, parts_.checkpoint_seconds) {
  const bool numbered = parts_.seeds > 1 || parts_.network > 0;
  check(parts_.begin != Begin::network || !numbered, ErrorCode::config,
        "options 'train.seeds' and 'train.network' are about networks to train, and this one comes "
        "trained from a file",
        "leave them out, or train copies of it further by --model.finetune true");
  check(
      parts_.checkpoints.empty() || parts_.begin != Begin::network, ErrorCode::config,
      "option 'train.checkpoints' follows the training of the network, and this one comes trained "
      "from a file",
      "leave it out, or train the network further by --model.finetune true");
  check(parts_.checkpoints.accuracies.empty() || has_accuracy(parts_.model->signature()),
        ErrorCode::config,
        "option 'train.checkpoints': 'at=acc:' needs an accuracy, and " +
            parts_.model->signature().text() + " has none",
        "write every=N for the states after every N epochs");
  if (parts_.begin != Begin::network) check_kernels(*parts_.model, parts_.plan);
  check(parts_.begin != Begin::weights || parts_.plan.init.modules == 0, ErrorCode::config,
        "option 'train.init_modules' is about initial weights, and these come from a file",
        "leave it out, or leave out --model.weights");
}

Experiment::~Experiment() = default;

uint64_t Experiment::seed(const std::string& purpose) const {
  return derive_seed(parts_.seed, purpose);
}

uint64_t Experiment::network_seed(int64_t number, const std::string& purpose) const {
  if (number == 0) return seed(purpose);
  return derive_seed(derive_seed(parts_.seed, static_cast<uint64_t>(number)), purpose);
}

std::shared_ptr<const MaskFamily> Experiment::mask_family() const {
  return parts_.mask != nullptr ? parts_.mask : gumbel_masks();
}

ModelBase& Experiment::untrained() {
  check(parts_.begin == Begin::nothing && parts_.seeds == 1, ErrorCode::config,
        "this method trains the network by itself, from its initial weights",
        "leave out 'model.weights' and 'train.seeds'");
  ModelBase& model = *parts_.model;
  initialize(model, parts_.plan, network_seed(parts_.network, "network"));
  model.to(parts_.device);
  model.require_gradients(true);
  return model;
}

ModelBase& Experiment::network() {
  ModelBase& model = *parts_.model;
  if (trained_) return model;
  const DatasetBase& data = *parts_.dataset;
  const bool weights_alone = parts_.begin == Begin::network && data.all(Split::train)->size() == 0;
  check(weights_alone || data.all(Split::test)->size() > 0, ErrorCode::config,
        "the dataset has no test " + data.unit() + ", so no accuracy can be told");
  check(parts_.checkpoints.accuracies.empty() || data.all(Split::validation)->size() > 0,
        ErrorCode::config,
        "option 'train.checkpoints': 'at=acc:' looks at the validation split, and there are no " +
            data.unit() + " in it",
        "write every=N for the states after every N epochs");
  EvaluateOptions how;
  how.device = parts_.device;
  how.stop = parts_.stop;
  if (parts_.begin == Begin::nothing)
    initialize(model, parts_.plan, network_seed(parts_.network, "network"));
  model.to(parts_.device);
  if (parts_.seeds > 1) {
    train_together(how);
  } else {
    train_alone(how);
  }
  trained_ = true;
  return model;
}

std::vector<NamedTensors> Experiment::networks() {
  ModelBase& model = network();
  if (!together_.empty()) return together_;
  NamedTensors own;
  for (const auto& [name, tensor] : model.state()) own.emplace_back(name, tensor.detach().clone());
  return {own};
}

TrainTask Experiment::task(const std::string& name) const {
  TrainTask task;
  task.name = name;
  task.data = {parts_.dataset->all(Split::train)};
  task.unit = parts_.dataset->unit();
  task.device = parts_.device;
  return task;
}

void Experiment::train_alone(const EvaluateOptions& how) {
  ModelBase& model = *parts_.model;
  const DatasetBase& data = *parts_.dataset;
  int64_t samples = parts_.trained_samples;
  if (parts_.begin != Begin::network) {
    model.require_gradients(true);
    TrainTask job = task("network");
    for (const Parameter& parameter : model.parameters()) {
      job.trained.emplace_back(parameter.name(), parameter.tensor());
    }
    job.also_saved = model.buffers();
    job.kernels = kernel_names(model);
    job.before_pruning = [&, facts = unpruned_facts(job, parts_.plan)] {
      writer_.tensors(detail::kUnpruned, model.state(), facts);
    };
    job.seeds = {network_seed(parts_.network, "network/order")};
    const auto term = cluster_term(model, parts_.plan);
    job.step = [&, noise = network_seed(parts_.network, "network/noise")](const Batch& batch,
                                                                          int64_t step) {
      if (term) term->normalize(step, model.state());
      StepResult result = network_step(model, batch, {{noise}, static_cast<uint64_t>(step)});
      if (term) result.penalty = term->at(step, model.state());
      return result;
    };
    if (const auto validation = data.all(Split::validation); validation->size() > 0) {
      job.validate = [&, validation] { return scores(model, {evaluate(model, *validation, how)}); };
    }
    const detail::SnapshotKeeper keeper(parts_.checkpoints, parts_.plan.batch_size, writer_);
    if (!parts_.checkpoints.empty()) {
      job.at_point = [&](const TrainPoint& point) { keeper.keep(point, model); };
    }
    samples = trainer_.fit(job, parts_.plan).front().samples;
  }
  freeze(model);
  if (!parts_.network_is_there) writer_.tensors("network", model.state());
  if (data.all(Split::test)->size() == 0) return;
  const Evaluation test = evaluate(model, *data.all(Split::test), how);
  detail::write_test(writer_, "", test, samples, has_accuracy(model.signature()));
}

void Experiment::train_together(const EvaluateOptions& how) {
  ModelBase& model = *parts_.model;
  const DatasetBase& data = *parts_.dataset;
  TrainTask job = task("networks");
  job.seeds.clear();
  std::vector<NetworkGroup::Seeds> seeds;
  for (int64_t number = 0; number < parts_.seeds; ++number) {
    seeds.push_back({network_seed(number, "network"), network_seed(number, "network/noise")});
    job.seeds.push_back(network_seed(number, "network/order"));
  }
  std::function<void(uint64_t)> initial;
  if (parts_.begin == Begin::nothing) {
    initial = [&](uint64_t seed) { initialize(model, parts_.plan, seed); };
  }
  const auto term = cluster_term(model, parts_.plan);
  auto group = std::make_unique<NetworkGroup>(model, seeds, initial);
  job.trained = group->trained();
  job.also_saved = group->statistics();
  job.kernels = kernel_names(model);
  job.before_pruning = [&, facts = unpruned_facts(job, parts_.plan)] {
    for (int64_t number = 0; number < parts_.seeds; ++number) {
      writer_.tensors(std::string(detail::kUnpruned) + "/" + std::to_string(number),
                      group->state(number), facts);
    }
  };
  job.step = [&](const Batch& batch, int64_t step) {
    if (term) term->normalize_stacked(step, group->values());
    StepResult result = group->step(batch, step);
    if (term) result.penalty = term->at_stacked(step, group->values());
    return result;
  };
  job.keep = [&](const std::vector<int64_t>& networks) { group->keep(networks); };
  if (const auto validation = data.all(Split::validation); validation->size() > 0) {
    job.validate = [&, validation] { return scores(model, group->evaluate(*validation, how)); };
  }
  detail::TrainedNetworks trained;
  trained.chosen = parts_.network;
  trained.every = parts_.every_network;
  trained.has_accuracy = has_accuracy(model.signature());
  trained.courses = trainer_.fit(job, parts_.plan);
  // Steps may end before the first epoch does.
  const int64_t epoch = data.all(Split::train)->size() / parts_.plan.batch_size;
  trained.validated = job.validate != nullptr && trained.courses.front().steps >= epoch;
  for (int64_t number = 0; number < parts_.seeds; ++number) {
    together_.push_back(group->state(number));
    writer_.tensors("networks/" + std::to_string(number), together_.back());
  }
  const NamedTensors chosen = together_[static_cast<size_t>(parts_.network)];
  writer_.tensors("network", chosen);
  trained.tests = group->evaluate(*data.all(Split::test), how);
  group.reset();  // the model has its own buffers again
  model.load_state(chosen);
  freeze(model);
  detail::write_networks(writer_, trained);
}

}  // namespace v1
}  // namespace modhost
