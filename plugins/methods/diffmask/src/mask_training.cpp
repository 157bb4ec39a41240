#include "mask_training.h"

#include <modhost/error.h>
#include <modhost/training_step.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "mask_metrics.h"

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kLooks = 20;  // at a mask in training, whether it keeps anything

}  // namespace

std::string text_of(double number) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr};
}

MaskChoice mask_choice(const DiffmaskOptions& options, std::shared_ptr<const MaskFamily> family,
                       int64_t sets) {
  const MaskUnit unit = options.mask_unit() == "unit" ? MaskUnit::unit : MaskUnit::weight;
  return {options.select(), options.exclude(), options.logit_init(), sets, unit, std::move(family)};
}

NamedTensors kept_logits(const Masks& masks, const std::vector<std::string>& keep) {
  NamedTensors out;
  for (const std::string& parameter : masks.names()) {
    const std::string& name = masks.logits_of(parameter);
    if (!matches(keep, parameter) || find(out, name) != nullptr) continue;
    for (const std::string& other : masks.names()) {
      check(masks.logits_of(other) != name || matches(keep, other), ErrorCode::config,
            "option 'method.keep' names '" + parameter + "', whose units '" + other +
                "' feeds as well: they are masked together");
    }
    const Tensor* found = find(masks.logits(), name);
    out.emplace_back(name, found->detach().narrow(0, 0, 1).clone());
  }
  return out;
}

NamedTensors probabilities(const MaskFamily& family, const NamedTensors& logits) {
  const torch::NoGradGuard no_grad;
  NamedTensors out;
  for (const auto& [name, of_weights] : logits) {
    out.emplace_back(name, family.kept(of_weights.detach().to(torch::kCPU, torch::kDouble), 1));
  }
  return out;
}

std::vector<NamedTensors> MaskTraining::train(const Jobs& jobs, double alpha) {
  const bool sweep = options_.alpha().size() > 1;
  const std::string folder = sweep ? "masks/alpha_" + text_of(alpha) : "masks";
  std::vector<NamedTensors> out;
  Jobs left = jobs;
  NamedTensors given;
  if (!options_.keep().empty()) {  // from the control, which is the first
    out = train_set({folder + "/" + jobs.front().name(), alpha, {jobs.front()}}, given);
    left.erase(left.begin());
  }
  if (options_.together() && left.size() > 1) {
    const auto all = train_set({folder, alpha, left}, given);
    out.insert(out.end(), all.begin(), all.end());
    return out;
  }
  for (const MaskJob& job : left) {
    out.push_back(train_set({folder + "/" + job.name(), alpha, {job}}, given).front());
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

std::vector<NamedTensors> MaskTraining::train_set(Stage stage, NamedTensors& given) {
  const Jobs jobs = stage.jobs;
  const auto sets = static_cast<int64_t>(jobs.size());
  const Masks masks(network_, mask_choice(options_, family_, sets));
  TrainTask task = task_of(stage.name, jobs);
  for (const auto& [name, logits] : masks.logits()) {
    const Tensor* start = find(given, name);
    if (start != nullptr) {
      Tensor(logits).set_requires_grad(false).copy_(start->expand_as(logits));
      task.also_saved.emplace_back(name, logits);
    } else {
      task.trained.emplace_back(name, logits);
    }
  }
  task.keep = [&](const std::vector<int64_t>& kept) {
    stage.jobs.clear();
    for (const int64_t position : kept) stage.jobs.push_back(jobs[static_cast<size_t>(position)]);
  };
  task.step = [&](const Batch& batch, int64_t at) {
    warn_of_empty(masks, stage, at);
    return step(masks, stage, batch, at);
  };
  if (options_.patience() > 0) {
    task.validate = [&] {
      std::vector<double> scores;
      for (const MaskJob& job : stage.jobs) {
        scores.push_back(score(masks.bits(static_cast<int64_t>(scores.size())), job));
      }
      return scores;
    };
  }
  if (family_->trained()) experiment_.trainer().fit(task, plan(stage.alpha));
  clamp(masks);
  if (given.empty()) given = kept_logits(masks, options_.keep());
  std::vector<NamedTensors> out;
  for (int64_t set = 0; set < sets; ++set) out.push_back(masks.weight_logits(set));
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
  if (penalises_logits()) plan.linear_penalty = alpha;
  return plan;
}

bool MaskTraining::penalises_logits() const {
  if (options_.penalty() == "usual") return family_->penalises_logits();
  return options_.penalty() == "logits";
}

int64_t MaskTraining::steps_of(const MaskJob& job) const {
  const int64_t per_epoch = job.train->size() / options_.batch_size();
  return options_.steps() > 0 ? options_.steps() : options_.epochs() * per_epoch;
}

// From epoch to epoch; in a training of one epoch, from step to step.
double MaskTraining::progress(const MaskJob& job, int64_t step) const {
  const int64_t per_epoch = job.train->size() / options_.batch_size();
  const int64_t steps = steps_of(job);
  const int64_t epochs = (steps + per_epoch - 1) / per_epoch;
  const auto share = [](int64_t done, int64_t all) {
    return all < 2 ? 1.0 : static_cast<double>(done) / static_cast<double>(all - 1);
  };
  return epochs > 1 ? share(step / per_epoch, epochs) : share(step, steps);
}

// The noise depends on the task alone, whatever the stage.
MaskSampling MaskTraining::sampling(const Jobs& jobs, int64_t step) const {
  MaskSampling out;
  out.samples = family_->draws() ? options_.samples() : 1;
  out.tau = options_.tau();
  out.estimator = options_.estimator() == "mean" ? Estimator::mean : Estimator::gumbel;
  out.noise.step = static_cast<uint64_t>(step);
  for (const MaskJob& job : jobs) {
    out.noise.set_keys.push_back(experiment_.seed("masks/" + job.name() + "/noise"));
    out.progress.push_back(progress(job, step));
  }
  return out;
}

StepResult MaskTraining::step(const Masks& masks, const Stage& stage, const Batch& batch,
                              int64_t at) const {
  clamp(masks);
  const auto step_of = options_.batching() == "passes" ? mask_step_by_passes : mask_step;
  const MaskSampling drawn = sampling(stage.jobs, at);
  StepResult out = step_of(network_, masks, drawn, batch);
  if (!penalises_logits()) out.penalty = stage.alpha * penalty(masks, drawn);
  return out;
}

// The sum of the probabilities, over all weights that a logit decides about.
Tensor MaskTraining::penalty(const Masks& masks, const MaskSampling& sampling) const {
  std::vector<Tensor> sums;
  for (const auto& [name, logits] : masks.logits()) {
    for (int64_t set = 0; set < masks.sets(); ++set) {
      const double progress = sampling.progress[static_cast<size_t>(set)];
      sums.push_back(family_->kept(logits[set], progress).sum());
    }
  }
  return torch::stack(sums).sum();
}

// Such a mask cannot come back: the penalty goes on to push and the loss no longer holds against
// it.
void MaskTraining::warn_of_empty(const Masks& masks, Stage& stage, int64_t step) {
  const int64_t every = std::max<int64_t>(1, steps_of(stage.jobs.front()) / kLooks);
  if (stage.warned || step == 0 || step % every != 0) return;
  for (size_t set = 0; set < stage.jobs.size(); ++set) {
    if (ones(masks.bits(static_cast<int64_t>(set))) > 0) continue;
    stage.warned = true;
    experiment_.progress().end("the mask of " + stage.jobs[set].task + " keeps nothing after " +
                               std::to_string(step) + " steps: " + why_empty(stage.alpha));
    return;
  }
}

std::string MaskTraining::why_empty(double alpha) const {
  if (!family_->trained() || alpha == 0) return "none of its logits is above 0";
  if (options_.logit_init() <= 0) {
    return "its logits start at " + text_of(options_.logit_init()) +
           ", where no weight is kept; try a larger 'method.logit_init'";
  }
  return "alpha " + text_of(alpha) + " is too large; try " + text_of(alpha / 10);
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
