#include "modhost/train.h"

#include <utility>

#include "fit.h"
#include "modhost/error.h"
#include "modhost/snapshot.h"
#include "number_text.h"

namespace modhost {
inline namespace v1 {

TrainPlan TrainOptions::plan() const {
  TrainPlan plan;
  plan.optimizer = optimizer();
  plan.lr = lr();
  plan.weight_decay = weight_decay();
  plan.momentum = momentum();
  plan.beta1 = betas().front();
  plan.beta2 = betas().back();
  plan.eps = eps();
  plan.clip_norm = clip_norm();
  plan.epochs = epochs();
  plan.steps = steps();
  plan.batch_size = batch_size();
  plan.warmup_steps = warmup_steps();
  plan.milestones = milestones();
  plan.decay = decay();
  plan.gamma = gamma();
  plan.patience = patience();
  plan.l1 = l1();
  plan.l2 = l2();
  plan.prune = prune_plan();
  plan.init = {init_modules(), init_down(), init_first()};
  plan.clusterability = {clusterability(), clusterability_eigenvalues(), clusterability_every(),
                         clusterability_normalize()};
  return plan;
}

PrunePlan TrainOptions::prune_plan() const {
  const bool polynomial = prune() == "polynomial";
  PrunePlan plan;
  plan.schedule = prune();
  plan.sparsity = prune_sparsity();
  plan.start_sparsity = prune_start_sparsity();
  if (plan.start_sparsity < 0) plan.start_sparsity = polynomial ? 0.5 : 0;
  plan.epochs = prune_epochs();
  plan.every = prune_every() > 0 ? prune_every() : polynomial ? 10 : 100;
  plan.fresh_optimizer = prune_optimizer() == "auto" ? polynomial : prune_optimizer() == "fresh";
  return plan;
}

void TrainOptions::check_pruning() const {
  const bool tells = parse_checkpoints(checkpoints()).pruning;
  check(prune() != "none" || !tells, ErrorCode::config,
        "option 'train.checkpoints': 'at=prune' looks at a network before and after pruning, and "
        "none is asked for",
        "say how: --train.prune polynomial");
  if (prune() == "none") return;
  const PrunePlan plan = prune_plan();
  check(plan.start_sparsity <= plan.sparsity, ErrorCode::config,
        "option 'train.prune_start_sparsity': pruning begins at " +
            detail::shortest_text(plan.start_sparsity) + " and is to end at " +
            detail::shortest_text(plan.sparsity) + ", which is less",
        "lower it, or raise --train.prune_sparsity");
  check(patience() == 0, ErrorCode::config,
        "options 'train.prune' and 'train.patience' do not go together: the best epoch may lie "
        "before the pruning",
        "leave out one of them");
  check(steps() > 0 || plan.epochs <= epochs(), ErrorCode::config,
        "option 'train.prune_epochs': " + std::to_string(plan.epochs) +
            " epochs of pruning are more than the " + std::to_string(epochs()) + " of the training",
        "they are counted in --train.epochs: raise that, or lower it");
}

void TrainOptions::validate() const {
  check_pruning();
  check(init_modules() != 1, ErrorCode::config,
        "option 'train.init_modules': weights in one module are as they were",
        "take 2 or more, or 0 for none");
  check(seeds() == 1 || network() < seeds(), ErrorCode::config,
        "option 'train.network': there is no network " + std::to_string(network()) + " among the " +
            std::to_string(seeds()) + " trained together",
        "they are counted from 0: take 0 .. " + std::to_string(seeds() - 1));
  const bool decays = betas().size() == 2 && betas().front() < 1 && betas().back() < 1;
  check(decays, ErrorCode::config,
        "option 'train.betas' takes two numbers from 0 to below 1, not " + betas.value_text(),
        "the usual ones are 0.9,0.999");
  const CheckpointPlan tracked = parse_checkpoints(checkpoints());
  const bool of_each = tracked.pruning && every_network();
  check(tracked.empty() || of_each || seeds() == 1, ErrorCode::config,
        "option 'train.checkpoints' follows one network, and " + std::to_string(seeds()) +
            " are trained together",
        tracked.pruning ? "run the method on each of them: --train.every_network true"
                        : "run it for each: --train.seeds 1 --train.network 0, then 1, ...");
  check(!every_network() || seeds() > 1, ErrorCode::config,
        "option 'train.every_network' is about networks trained together, and there is one",
        "say how many: --train.seeds 10");
}

Trainer::Trainer(std::filesystem::path folder, RunWriter* writer, Progress* progress,
                 const StopSignal* stop, double checkpoint_seconds)
    : folder_(std::move(folder)),
      writer_(writer),
      progress_(progress),
      stop_(stop),
      checkpoint_seconds_(checkpoint_seconds) {}

std::vector<TrainSummary> Trainer::fit(const TrainTask& task, const TrainPlan& plan) {
  const std::filesystem::path path = folder_ / "checkpoints" / (task.name + ".safetensors");
  detail::Fit fit(task, plan, path, {writer_, progress_, stop_, checkpoint_seconds_});
  return fit.run();
}

}  // namespace v1
}  // namespace modhost
