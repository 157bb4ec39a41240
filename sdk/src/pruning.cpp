#include "modhost/pruning.h"

#include <cmath>

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

}  // namespace v1
}  // namespace modhost
