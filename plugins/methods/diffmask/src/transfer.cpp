#include "transfer.h"

#include <modhost/error.h>
#include <modhost/evaluate.h>
#include <modhost/loss.h>
#include <modhost/training_step.h>

#include <algorithm>
#include <utility>

#include "mask_evaluation.h"
#include "mask_jobs.h"
#include "mask_metrics.h"
#include "study_keys.h"

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// While it lives, the gradient of a weight is 0 where it is in use already, so that it stays.
class KeepUsed {
 public:
  KeepUsed(const ModelBase& network, const NamedTensors& used) {
    for (const Parameter& parameter : network.parameters()) {
      const Tensor* in_use = find(used, parameter.name());
      if (in_use == nullptr) continue;
      const Tensor weight = parameter.tensor();
      const Tensor free = in_use->logical_not().to(weight.device(), weight.scalar_type());
      hooks_.emplace_back(
          weight, weight.register_hook([free](const Tensor& gradient) { return gradient * free; }));
    }
  }
  KeepUsed(const KeepUsed&) = delete;
  KeepUsed& operator=(const KeepUsed&) = delete;
  ~KeepUsed() {
    for (const auto& [weight, hook] : hooks_) weight.remove_hook(hook);
  }

 private:
  std::vector<std::pair<Tensor, unsigned>> hooks_;
};

}  // namespace

void TransferOptions::validate() const { check_batch(batch_size(), samples()); }

void Transfer::run(Experiment& experiment) {
  const std::vector<std::string> tasks = chosen_tasks(experiment.data());
  check_network(experiment.architecture());
  ModelBase& network = experiment.untrained();
  std::vector<Learned> learned;
  for (const std::string& task : tasks) {
    learned.push_back(learn(experiment, network, task, learned));
  }
  network.require_gradients(false);
  for (Learned& one : learned) one.at_end = accuracy(experiment, network, one);
  experiment.writer().tensors("network", network.state());
  write(experiment, learned);
}

std::vector<std::string> Transfer::chosen_tasks(const DatasetBase& data) const {
  check(has_accuracy(data.signature()), ErrorCode::config,
        "transfer compares accuracies, and '" + data.signature().text() + "' has none");
  const std::vector<std::string> tasks = named_tasks(data, options().tasks());
  check(!tasks.empty(), ErrorCode::config, "the dataset has no tasks to learn one after another");
  for (const std::string& task : tasks) {
    const int64_t samples = data.task(task, Split::train)->size();
    check(samples >= options().batch_size(), ErrorCode::config,
          "'" + task + "' has " + std::to_string(samples) + " training " + data.unit() +
              ", less than one batch of " + std::to_string(options().batch_size()),
          "lower 'method.batch_size'");
  }
  return tasks;
}

// Patterns that match nothing are refused before anything is trained.
void Transfer::check_network(const ModelBase& network) const {
  const Masks masks(network, {options().select(), options().exclude(), options().logit_init()});
  check_patterns("reset", options().reset(), masks.names());
}

bool Transfer::is_reset(const std::string& parameter, const std::string& first) const {
  if (options().reset().empty()) return layer_of(parameter) == layer_of(first);
  return matches(options().reset(), parameter);
}

NamedTensors Transfer::used_by(const std::vector<Learned>& earlier, const Masks& masks) const {
  NamedTensors used;
  for (const auto& [name, logits] : masks.logits()) {
    Tensor in_use = torch::zeros_like(logits[0], torch::kBool);
    for (const Learned& one : earlier) {
      if (!is_reset(name, masks.names().front())) {
        in_use = in_use | find(one.bits, name)->to(torch::kBool);
      }
    }
    used.emplace_back(name, in_use);
  }
  return used;
}

Transfer::Learned Transfer::learn(Experiment& experiment, ModelBase& network,
                                  const std::string& task,
                                  const std::vector<Learned>& earlier) const {
  const Masks masks(network, {options().select(), options().exclude(), options().logit_init()});
  Learned out;
  out.task = task;
  out.used = used_by(earlier, masks);
  if (!earlier.empty()) {
    const NamedTensors fresh =
        initial_weights(network, experiment.seed("transfer/" + task + "/weights"), out.used);
    const torch::NoGradGuard no_grad;
    for (const Parameter& parameter : network.parameters()) {
      const Tensor* in_use = find(out.used, parameter.name());
      if (in_use == nullptr) continue;
      parameter.tensor().copy_(
          torch::where(*in_use, parameter.tensor(), *find(fresh, parameter.name())));
    }
    start_logits(masks, out.used);
  }
  const KeepUsed keep(network, out.used);
  train(experiment, network, masks, task);
  out.bits = masks.bits();
  experiment.writer().tensors("masks/" + task, out.bits);
  out.at_once = accuracy(experiment, network, out);
  return out;
}

void Transfer::start_logits(const Masks& masks, const NamedTensors& used) const {
  const torch::NoGradGuard no_grad;
  for (const auto& [name, logits] : masks.logits()) {
    Tensor(logits[0]).fill_(options().new_logit());
    Tensor(logits[0]).masked_fill_(*find(used, name), options().used_logit());
  }
}

void Transfer::train(Experiment& experiment, ModelBase& network, const Masks& masks,
                     const std::string& task) const {
  TrainTask job;
  job.name = "transfer/" + task;
  for (const Parameter& parameter : network.parameters()) {
    job.trained.emplace_back(parameter.name(), parameter.tensor());
  }
  for (const auto& [name, logits] : masks.logits()) {
    job.trained.emplace_back("logits/" + name, logits);
  }
  job.data = {experiment.data().task(task, Split::train)};
  job.unit = experiment.data().unit();
  job.seeds = {experiment.seed(job.name + "/order")};
  job.device = experiment.device();
  MaskSampling sampling;
  sampling.samples = options().samples();
  sampling.estimator = options().estimator() == "mean" ? Estimator::mean : Estimator::gumbel;
  sampling.noise.key = experiment.seed(job.name + "/noise");
  job.step = [&](const Batch& batch, int64_t step) {
    sampling.noise.step = static_cast<uint64_t>(step);
    StepResult result = mask_step(network, masks, sampling, batch);
    std::vector<Tensor> sums;  // the weights, trained as well, are not penalised
    for (const auto& [name, logits] : masks.logits()) sums.push_back(logits.sum());
    result.penalty = options().alpha() * torch::stack(sums).sum();
    return result;
  };
  TrainPlan plan;
  plan.lr = options().lr();
  plan.steps = options().steps();
  plan.batch_size = options().batch_size();
  plan.clip_norm = options().clip_norm();
  experiment.trainer().fit(job, plan);
}

double Transfer::accuracy(Experiment& experiment, ModelBase& network,
                          const Learned& learned) const {
  EvaluateOptions how;
  how.limit = options().evaluate_samples();
  how.device = experiment.device();
  how.stop = &experiment.stop();
  const auto source = experiment.data().task(learned.task, Split::test);
  return evaluate(network, *source, 1, hard_masks(network, {learned.bits}), how).front().accuracy;
}

void Transfer::write(Experiment& experiment, const std::vector<Learned>& all) const {
  RunWriter& writer = experiment.writer();
  Table tasks{{"task", "accuracy", "accuracy_at_end", "kept", "weights", "shared"}, {}};
  Table parameters{{"task", "parameter", "kept", "used_before", "shared"}, {}};
  for (size_t position = 0; position < all.size(); ++position) {
    const Learned& one = all[position];
    const std::string path = "permuted_mnist/perm_" + std::to_string(position) + "/mask_stat/";
    Overlap total;
    for (const auto& [name, bits] : one.bits) {
      const Overlap with = overlap(bits, find(one.used, name)->to(torch::kUInt8));
      total.a += with.a;
      total.both += with.both;
      parameters.add({one.task, name, with.a, with.b, with.share_of_a()});
      writer.scalar(path + "shared/" + study_key(name), with.share_of_a());
      writer.scalar(path + "counts/" + study_key(name), static_cast<double>(with.a));
    }
    tasks.add({one.task, one.at_once, one.at_end, total.a, size(one.bits), total.share_of_a()});
    writer.scalar("transfer/" + one.task + "/accuracy", one.at_once);
    writer.scalar("transfer/" + one.task + "/shared", total.share_of_a());
  }
  writer.table("transfer", tasks);
  writer.table("transfer_parameters", parameters);
  writer.show(tasks);
  writer.say("Accuracy under a task's own mask on its held-out " + experiment.data().unit() +
             ", when it was learned and after all tasks; shared: of what the mask keeps, weights "
             "that an earlier task had learned.");
}

}  // namespace modhost_diffmask
