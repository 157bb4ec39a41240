#include "update_once.h"

#include <cmath>
#include <string>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

void check_finite(const std::vector<double>& losses, const TrainTask& task, int64_t step,
                  const std::vector<int64_t>& networks) {
  for (size_t i = 0; i < losses.size(); ++i) {
    if (std::isfinite(losses[i])) continue;
    const auto number = networks.empty() ? static_cast<int64_t>(i) : networks[i];
    const std::string who = task.seeds.size() == 1
                                ? "'" + task.name + "'"
                                : "'" + task.name + "/" + std::to_string(number) + "'";
    throw Error(ErrorCode::data,
                "the loss of " + who + " is not finite at step " + std::to_string(step),
                "a smaller learning rate usually helps");
  }
}

}  // namespace

NetworkNumbers update_once(NamedOptimizer& optimizer, const TrainTask& task, const Batch& batch,
                           int64_t step, double lr, const std::vector<int64_t>& networks) {
  optimizer.zero_grad();
  const StepResult result = task.step(batch, step);
  NetworkNumbers numbers{{"loss", values_of(result.loss)}};
  check_finite(numbers.front().second, task, step, networks);
  Tensor minimised = result.loss.dim() == 0 ? result.loss : result.loss.sum();
  if (result.penalty.defined()) minimised = minimised + result.penalty.sum();
  minimised.backward();
  optimizer.step(lr);
  for (const auto& [name, values] : result.numbers) numbers.emplace_back(name, values_of(values));
  return numbers;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
