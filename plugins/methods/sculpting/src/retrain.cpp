#include "retrain.h"

#include <modhost/error.h>
#include <modhost/network_group.h>

#include <algorithm>
#include <numeric>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// Weights, gradients, two averages of Adam, the best so far, and copies on the way.
constexpr int64_t kCopies = 8;
constexpr int64_t kMostBytes = int64_t{1} << 30;

std::vector<int64_t> counted(int64_t from, int64_t count) {
  std::vector<int64_t> out(static_cast<size_t>(count));
  std::iota(out.begin(), out.end(), from);
  return out;
}

// Higher is better. Accuracies of less than ten million answers differ by more than the loss adds.
double score(const Evaluation& found) { return found.accuracy + 1e-7 / (1 + found.loss); }

}  // namespace

Retrainer::Retrainer(Experiment& experiment, ModelBase& model, const TrainPlan& plan)
    : experiment_(experiment), model_(model), plan_(plan) {
  plan_.patience = plan_.epochs;  // to the end, then back to the best
  plan_.steps = 0;
  plan_.prune = {};
  plan_.init = {};
  plan_.clusterability = {};
}

int64_t Retrainer::at_once() const {
  int64_t bytes = 1;
  for (const Parameter& parameter : model_.parameters()) {
    bytes += static_cast<int64_t>(parameter.tensor().nbytes()) * kCopies;
  }
  return std::max<int64_t>(1, kMostBytes / bytes);
}

void Retrainer::train(Networks& networks, const std::vector<uint64_t>& seeds,
                      const std::string& name) {
  const int64_t step = at_once();
  if (networks.size() <= step) return train_some(networks, seeds, name);
  for (int64_t from = 0; from < networks.size(); from += step) {
    const std::vector<int64_t> own = counted(from, std::min(step, networks.size() - from));
    Networks some = networks.at(own);
    train_some(some, {seeds.begin() + from, seeds.begin() + from + some.size()},
               name + "/" + std::to_string(from));
    networks.take(own, some, counted(0, some.size()));
  }
}

void Retrainer::train_some(Networks& networks, const std::vector<uint64_t>& seeds,
                           const std::string& name) {
  NetworkGroup group(model_, networks.values, seeds);
  const DatasetBase& data = experiment_.data();
  const auto validation = data.all(Split::validation);
  TrainTask task;
  task.name = name;
  task.brief = true;
  task.trained = group.trained();
  task.also_saved = group.statistics();
  task.kept = networks.kept;
  task.kernels = kernel_names(model_);
  task.data = {data.all(Split::train)};
  task.unit = data.unit();
  task.seeds = seeds;
  task.device = experiment_.device();
  task.step = [&](const Batch& batch, int64_t step) {
    StepResult result = group.step(batch, step);
    if (seeds.size() == 1) result.loss = result.loss.squeeze(0);
    result.numbers.clear();
    return result;
  };
  task.keep = [&](const std::vector<int64_t>& kept) { group.keep(kept); };
  EvaluateOptions how;
  how.device = experiment_.device();
  how.batch_size = 256;
  task.validate = [&] {
    std::vector<double> out;
    for (const Evaluation& found : group.evaluate(*validation, how)) out.push_back(score(found));
    return out;
  };
  experiment_.trainer().fit(task, plan_);
  const torch::NoGradGuard no_grad;
  for (auto& [own_name, tensor] : networks.values) {
    const Tensor* trained = find(task.trained, own_name);
    if (trained == nullptr) trained = find(task.also_saved, own_name);
    if (trained != nullptr) tensor.copy_(*trained);
  }
}

std::vector<Evaluation> Retrainer::judged(const Networks& networks, Split split,
                                          bool losses) const {
  const int64_t step = at_once();
  EvaluateOptions how;
  how.device = experiment_.device();
  how.loss = losses;  // not to be stopped: what was trained before it would be lost
  how.batch_size = 256;
  std::vector<Evaluation> out;
  for (int64_t from = 0; from < networks.size(); from += step) {
    const Networks some = networks.size() <= step
                              ? networks
                              : networks.at(counted(from, std::min(step, networks.size() - from)));
    NetworkGroup group(model_, some.values,
                       std::vector<uint64_t>(static_cast<size_t>(some.size()), 0));
    for (Evaluation& found : group.evaluate(*experiment_.data().all(split), how)) {
      out.push_back(std::move(found));
    }
  }
  return out;
}

std::vector<double> Retrainer::accuracies(const Networks& networks, Split split) const {
  std::vector<double> out;
  for (const Evaluation& found : judged(networks, split, false)) out.push_back(found.accuracy);
  return out;
}

std::vector<double> Retrainer::losses(const Networks& networks) const {
  std::vector<double> out;
  for (const Evaluation& found : judged(networks, Split::validation, true))
    out.push_back(found.loss);
  return out;
}

}  // namespace modhost_sculpting
