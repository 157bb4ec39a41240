// How long the pruning at the end of a training is.
#pragma once

#include <cstdint>
#include <string>

#include "modhost/train.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Of a training of so many steps; 0 without pruning. Error(config), which calls the training
// `name`, when the phase is longer.
int64_t pruning_steps(const PrunePlan& plan, int64_t total_steps, int64_t steps_per_epoch,
                      const std::string& name);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
