#include "modhost/train.h"

#include <utility>

#include "fit.h"
#include "modhost/error.h"
#include "modhost/snapshot.h"

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
  plan.patience = patience();
  return plan;
}

void TrainOptions::validate() const {
  check(seeds() == 1 || network() < seeds(), ErrorCode::config,
        "option 'train.network': there is no network " + std::to_string(network()) + " among the " +
            std::to_string(seeds()) + " trained together",
        "they are counted from 0: take 0 .. " + std::to_string(seeds() - 1));
  const bool decays = betas().size() == 2 && betas().front() < 1 && betas().back() < 1;
  check(decays, ErrorCode::config,
        "option 'train.betas' takes two numbers from 0 to below 1, not " + betas.value_text(),
        "the usual ones are 0.9,0.999");
  const bool tracks = !parse_checkpoints(checkpoints()).empty();
  check(!tracks || seeds() == 1, ErrorCode::config,
        "option 'train.checkpoints' follows one network, and " + std::to_string(seeds()) +
            " are trained together",
        "run it for each: --train.seeds 1 --train.network 0, then 1, ...");
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
