#include "modhost/pruning.h"

#include <algorithm>
#include <cmath>

#include "modhost/error.h"
#include "pruning_phase.h"

namespace modhost {
inline namespace v1 {
namespace {

// Of the phase's steps or of its prunings, 0 .. 1.
double progress(const PrunePlan& plan, int64_t step, int64_t steps) {
  if (plan.schedule == "polynomial") return static_cast<double>(step) / static_cast<double>(steps);
  return static_cast<double>(step / plan.every) / static_cast<double>(steps / plan.every);
}

}  // namespace

bool prunes_at(const PrunePlan& plan, int64_t step, int64_t steps) {
  return plan.on() && step < steps && step % plan.every == 0;
}

// As published the last pruning stops short of the end: at the step before last it is late by
// `every` steps of all, and zhu_gupta's comes one pruning too early where `every` divides `steps`.
double sparsity_at(const PrunePlan& plan, int64_t step, int64_t steps) {
  if (step + plan.every >= steps) return plan.sparsity;
  const double left = 1 - progress(plan, step, steps);
  return plan.sparsity + (plan.start_sparsity - plan.sparsity) * std::pow(left, 3);
}

namespace detail {

int64_t pruning_steps(const PrunePlan& plan, int64_t total_steps, int64_t steps_per_epoch,
                      const std::string& name) {
  if (!plan.on()) return 0;
  const int64_t all = total_steps / steps_per_epoch, share = plan.schedule == "polynomial" ? 2 : 4;
  const int64_t epochs = plan.epochs > 0 ? plan.epochs : std::max<int64_t>(1, all / share);
  check(epochs <= all, ErrorCode::config,
        "training '" + name + "' is to prune in its last " +
            (epochs == 1 ? "epoch" : std::to_string(epochs) + " epochs") + " of " +
            std::to_string(steps_per_epoch) + " steps, and has only " +
            std::to_string(total_steps) + " steps",
        "train longer, or lower --train.prune_epochs");
  return epochs * steps_per_epoch;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
