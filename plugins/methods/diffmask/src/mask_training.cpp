#include "mask_training.h"

#include <modhost/training_step.h>

#include <charconv>
#include <numeric>

#include "mask_metrics.h"

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// The shortest text that is the same number: "1e-05".
std::string text_of(double number) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr};
}

// Those whose name one of the globs matches.
NamedTensors matching(const NamedTensors& tensors, const std::vector<std::string>& globs) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) {
    if (matches(globs, name)) out.emplace_back(name, tensor);
  }
  return out;
}

// The logits of each set, [*shape].
std::vector<NamedTensors> of_each_set(const Masks& masks) {
  std::vector<NamedTensors> out(static_cast<size_t>(masks.sets()));
  for (const auto& [name, logits] : masks.logits()) {
    for (size_t set = 0; set < out.size(); ++set) {
      out[set].emplace_back(name, logits.detach()[static_cast<int64_t>(set)]);
    }
  }
  return out;
}

}  // namespace

std::vector<NamedTensors> MaskTraining::train(const Jobs& jobs, double alpha) {
  const bool sweep = options_.alpha().size() > 1;
  const std::string folder = sweep ? "masks/alpha_" + text_of(alpha) : "masks";
  std::vector<NamedTensors> out;
  Jobs left = jobs;
  NamedTensors given;
  if (!options_.keep().empty()) {  // from the control, which is the first
    out = train_set(folder + "/" + jobs.front().name(), {jobs.front()}, alpha, {});
    given = matching(out.front(), options_.keep());
    left.erase(left.begin());
  }
  if (options_.together() && left.size() > 1) {
    const auto all = train_set(folder, left, alpha, given);
    out.insert(out.end(), all.begin(), all.end());
    return out;
  }
  for (const MaskJob& job : left) {
    out.push_back(train_set(folder + "/" + job.name(), {job}, alpha, given).front());
  }
  return out;
}

// The seeds depend on the task alone, whatever the stage.
TrainTask MaskTraining::task_of(const std::string& stage, const Jobs& jobs) const {
  TrainTask task;
  task.name = stage;
  task.unit = experiment_.data().unit();
  task.device = experiment_.device();
  task.seeds.clear();
  for (const MaskJob& job : jobs) {
    task.data.push_back(job.train);
    task.labels.push_back(job.name());
    task.seeds.push_back(experiment_.seed("masks/" + job.name() + "/order"));
  }
  return task;
}

std::vector<NamedTensors> MaskTraining::train_set(const std::string& stage, const Jobs& jobs,
                                                  double alpha, const NamedTensors& given) {
  const auto sets = static_cast<int64_t>(jobs.size());
  const Masks masks(network_, options_.select(), options_.exclude(), options_.logit_init(), sets);
  TrainTask task = task_of(stage, jobs);
  for (const auto& [name, logits] : masks.logits()) {
    const Tensor* start = find(given, name);
    if (start != nullptr) {
      Tensor(logits).set_requires_grad(false).copy_(start->expand_as(logits));
      task.also_saved.emplace_back(name, logits);
    } else {
      task.trained.emplace_back(name, logits);
    }
  }
  std::vector<int64_t> going_on(jobs.size());  // positions in `jobs`
  std::iota(going_on.begin(), going_on.end(), int64_t{0});
  task.keep = [&](const std::vector<int64_t>& kept) { going_on = kept; };
  task.step = [&](const Batch& batch, int64_t at) {
    return step(masks, noise(jobs, going_on), alpha, batch, at);
  };
  if (options_.patience() > 0) {
    task.validate = [&] {
      std::vector<double> scores;
      for (const int64_t job : going_on) {
        const auto set = static_cast<int64_t>(scores.size());
        scores.push_back(score(masks.bits(set), jobs[static_cast<size_t>(job)]));
      }
      return scores;
    };
  }
  experiment_.trainer().fit(task, plan(alpha));
  clamp(masks);
  return of_each_set(masks);
}

std::vector<uint64_t> MaskTraining::noise(const Jobs& jobs,
                                          const std::vector<int64_t>& positions) const {
  std::vector<uint64_t> out;
  for (const int64_t at : positions) {
    out.push_back(experiment_.seed("masks/" + jobs[static_cast<size_t>(at)].name() + "/noise"));
  }
  return out;
}

// The penalty on the sum of the logits is part of it.
TrainPlan MaskTraining::plan(double alpha) const {
  TrainPlan plan;
  plan.lr = options_.lr();
  plan.steps = options_.steps();
  plan.epochs = options_.epochs();
  plan.batch_size = options_.batch_size();
  plan.warmup_steps = options_.warmup_steps();
  plan.clip_norm = options_.clip_norm();
  plan.patience = options_.patience();
  if (options_.penalty() == "logits") plan.linear_penalty = alpha;
  return plan;
}

MaskSampling MaskTraining::sampling(const std::vector<uint64_t>& noise, int64_t step) const {
  MaskSampling out;
  out.samples = options_.samples();
  out.tau = options_.tau();
  out.estimator = options_.estimator() == "mean" ? Estimator::mean : Estimator::gumbel;
  out.noise.set_keys = noise;
  out.noise.step = static_cast<uint64_t>(step);
  return out;
}

StepResult MaskTraining::step(const Masks& masks, const std::vector<uint64_t>& noise, double alpha,
                              const Batch& batch, int64_t at) const {
  clamp(masks);
  const auto step_of = options_.batching() == "passes" ? mask_step_by_passes : mask_step;
  StepResult out = step_of(network_, masks, sampling(noise, at), batch);
  if (options_.penalty() == "probabilities") {
    std::vector<Tensor> sums;
    for (const auto& [name, logits] : masks.logits()) sums.push_back(torch::sigmoid(logits).sum());
    out.penalty = alpha * torch::stack(sums).sum();
  }
  return out;
}

void MaskTraining::clamp(const Masks& masks) const {
  const double bound = options_.logit_clamp();
  if (bound == 0) return;
  const torch::NoGradGuard no_grad;
  for (const auto& [name, logits] : masks.logits()) Tensor(logits).clamp_(-bound, bound);
}

// A mask that costs more than `within` is judged by its accuracy, any other by what it removes: the
// sparsest one that is good enough is the best.
double MaskTraining::score(const NamedTensors& bits, const MaskJob& job) const {
  const double accuracy = evaluation_.accuracy(bits, *job.validation);
  return accuracy >= job.unmasked - options_.within() ? 1 + sparsity(bits) : accuracy;
}

}  // namespace modhost_diffmask
