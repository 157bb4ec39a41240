// The one place that knows which LibTorch this is: 1.13.1 is the floor, 2.x works as well.
#pragma once

#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>
#include <torch/version.h>

#include <memory>

namespace modhost {
inline namespace v1 {
namespace compat {

// The optimiser's state of one parameter; nullptr before its first step. The map is keyed by the
// address of the tensor, as text before 2.0 and as a pointer since then.
template <typename State>
State* optimizer_state(torch::optim::Optimizer& optimizer, const torch::Tensor& parameter) {
  auto& states = optimizer.state();
#if TORCH_VERSION_MAJOR >= 2
  const auto found = states.find(parameter.unsafeGetTensorImpl());
#else
  const auto found = states.find(c10::guts::to_string(parameter.unsafeGetTensorImpl()));
#endif
  return found == states.end() ? nullptr : static_cast<State*>(found->second.get());
}

template <typename State>
void set_optimizer_state(torch::optim::Optimizer& optimizer, const torch::Tensor& parameter,
                         std::unique_ptr<State> state) {
#if TORCH_VERSION_MAJOR >= 2
  optimizer.state()[parameter.unsafeGetTensorImpl()] = std::move(state);
#else
  optimizer.state()[c10::guts::to_string(parameter.unsafeGetTensorImpl())] = std::move(state);
#endif
}

}  // namespace compat
}  // namespace v1
}  // namespace modhost
