// The optimisers of LibTorch with a state that can be saved and restored by parameter name.
#pragma once

#include <memory>

#include "modhost/tensor.h"
#include "modhost/train.h"

namespace torch::optim {
class Optimizer;
}

namespace modhost {
inline namespace v1 {
namespace detail {

class NamedOptimizer {
 public:
  NamedOptimizer(const NamedTensors& trained, const TrainPlan& plan);
  ~NamedOptimizer();

  void zero_grad();
  // Clips the gradient norm over the trained tensors (clip > 0), then updates with rate `lr`.
  void step(double lr, double clip);

  // "NAME/exp_avg", "NAME/exp_avg_sq", "NAME/step" or "NAME/momentum".
  NamedTensors state();
  // Error(data) when something is missing.
  void load_state(const NamedTensors& state);

 private:
  NamedTensors trained_;
  std::string kind_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
