// One step of a training from a batch to the updated tensors: what a run repeats.
#pragma once

#include <cmath>
#include <string>

#include "modhost/error.h"
#include "modhost/train.h"
#include "optimizer.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Step number `step` of the task with rate `lr`; `optimizer` is that of task.trained. Returns the
// loss and the step's numbers. Error(data) when the loss is not finite; nothing is changed then.
inline Numbers update_once(NamedOptimizer& optimizer, const TrainTask& task, const Batch& batch,
                           int64_t step, double lr) {
  optimizer.zero_grad();
  const StepResult result = task.step(batch, step);
  const double loss = result.loss.item<double>();
  check(std::isfinite(loss), ErrorCode::data,
        "the loss of '" + task.name + "' is not finite at step " + std::to_string(step),
        "a smaller learning rate usually helps");
  result.loss.backward();
  optimizer.step(lr);
  Numbers numbers{{"loss", loss}};
  numbers.insert(numbers.end(), result.numbers.begin(), result.numbers.end());
  return numbers;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
