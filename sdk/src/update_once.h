// One step of a training from a batch to the updated tensors: what a run repeats.
#pragma once

#include <cstdint>
#include <vector>

#include "modhost/train.h"
#include "network_numbers.h"
#include "optimizer.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Step number `step` of the task with rate `lr`; `optimizer` is that of task.trained. Returns the
// losses and the step's numbers. Error(data) when a loss is not finite; nothing is changed then.
// `networks`: the numbers of the networks in the batch, for that error; empty: 0, 1, ...
NetworkNumbers update_once(NamedOptimizer& optimizer, const TrainTask& task, const Batch& batch,
                           int64_t step, double lr, const std::vector<int64_t>& networks = {});

}  // namespace detail
}  // namespace v1
}  // namespace modhost
