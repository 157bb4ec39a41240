#include "mask_training.h"

#include <modhost/training_step.h>

#include <charconv>

#include "mask_metrics.h"

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// The shortest text that is the same number: "1e-05".
std::string text_of(double number) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr};
}

}  // namespace

std::vector<NamedTensors> MaskTraining::train(const Jobs& jobs, double alpha) {
  const bool sweep = options_.alpha().size() > 1;
  const std::string folder = sweep ? "masks/alpha_" + text_of(alpha) : "masks";
  if (options_.together() && jobs.size() > 1) return train_set(folder, jobs, alpha);
  std::vector<NamedTensors> out;
  for (const MaskJob& job : jobs) {
    out.push_back(train_set(folder + "/" + job.task, {job}, alpha).front());
  }
  return out;
}

std::vector<NamedTensors> MaskTraining::train_set(const std::string& stage, const Jobs& jobs,
                                                  double alpha) {
  const auto sets = static_cast<int64_t>(jobs.size());
  const Masks masks(network_, options_.select(), options_.exclude(), options_.logit_init(), sets);
  TrainTask task;
  task.name = stage;
  task.trained = masks.logits();
  task.unit = experiment_.data().unit();
  task.device = experiment_.device();
  task.seeds.clear();
  std::vector<uint64_t> all_noise;
  for (const MaskJob& job : jobs) {
    task.data.push_back(job.train);
    task.labels.push_back(job.task);
    task.seeds.push_back(experiment_.seed("masks/" + job.task + "/order"));
    all_noise.push_back(experiment_.seed("masks/" + job.task + "/noise"));
  }
  std::vector<uint64_t> noise = all_noise;
  Jobs going_on = jobs;
  task.step = [&](const Batch& batch, int64_t at) { return step(masks, noise, alpha, batch, at); };
  task.keep = [&](const std::vector<int64_t>& kept) {
    noise.clear();
    going_on.clear();
    for (const int64_t job : kept) {
      noise.push_back(all_noise[static_cast<size_t>(job)]);
      going_on.push_back(jobs[static_cast<size_t>(job)]);
    }
  };
  if (options_.patience() > 0) {
    task.validate = [&] {
      std::vector<double> scores;
      for (size_t i = 0; i < going_on.size(); ++i) {
        scores.push_back(score(masks.bits(static_cast<int64_t>(i)), going_on[i]));
      }
      return scores;
    };
  }
  experiment_.trainer().fit(task, plan(alpha));
  clamp(masks);
  std::vector<NamedTensors> out(jobs.size());
  for (const auto& [name, logits] : masks.logits()) {
    for (int64_t set = 0; set < sets; ++set) {
      out[static_cast<size_t>(set)].emplace_back(name, logits.detach()[set]);
    }
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
