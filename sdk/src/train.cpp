#include "modhost/train.h"

#include <utility>

#include "fit.h"
#include "modhost/error.h"

namespace modhost {
inline namespace v1 {

TrainPlan TrainOptions::plan() const {
  TrainPlan plan;
  plan.optimizer = optimizer();
  plan.lr = lr();
  plan.weight_decay = weight_decay();
  plan.momentum = momentum();
  plan.clip_norm = clip_norm();
  plan.epochs = epochs();
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
