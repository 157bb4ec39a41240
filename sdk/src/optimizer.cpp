#include "optimizer.h"

#include <torch/nn/utils/clip_grad.h>

#include "modhost/error.h"
#include "modhost/torch_compat.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

std::vector<Tensor> values(const NamedTensors& tensors) {
  std::vector<Tensor> out;
  for (const auto& [name, tensor] : tensors) out.push_back(tensor);
  return out;
}

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const NamedTensors& trained,
                                                        const TrainPlan& plan) {
  using namespace torch::optim;
  const std::vector<Tensor> tensors = values(trained);
  if (plan.optimizer == "adam") {
    return std::make_unique<Adam>(tensors, AdamOptions(plan.lr).weight_decay(plan.weight_decay));
  }
  if (plan.optimizer == "adamw") {
    return std::make_unique<AdamW>(tensors, AdamWOptions(plan.lr).weight_decay(plan.weight_decay));
  }
  check(plan.optimizer == "sgd", ErrorCode::config,
        "unknown optimizer '" + plan.optimizer + "'; there are adam, adamw, sgd");
  return std::make_unique<SGD>(
      tensors, SGDOptions(plan.lr).weight_decay(plan.weight_decay).momentum(plan.momentum));
}

const Tensor& needed(const NamedTensors& state, const std::string& name) {
  const Tensor* found = find(state, name);
  check(found != nullptr, ErrorCode::data,
        "the checkpoint lacks the optimiser state '" + name + "'");
  return *found;
}

// Adam and AdamW keep the same three things in two types.
template <typename State>
void save_adam(torch::optim::Optimizer& optimizer, const std::string& name, const Tensor& tensor,
               NamedTensors& out) {
  const State* state = compat::optimizer_state<State>(optimizer, tensor);
  if (state == nullptr) return;
  out.emplace_back(name + "/exp_avg", state->exp_avg());
  out.emplace_back(name + "/exp_avg_sq", state->exp_avg_sq());
  out.emplace_back(name + "/step", torch::tensor(static_cast<int64_t>(state->step())));
}

template <typename State>
void load_adam(torch::optim::Optimizer& optimizer, const std::string& name, const Tensor& tensor,
               const NamedTensors& in) {
  auto state = std::make_unique<State>();
  state->exp_avg(needed(in, name + "/exp_avg").to(tensor.device()).clone());
  state->exp_avg_sq(needed(in, name + "/exp_avg_sq").to(tensor.device()).clone());
  state->step(needed(in, name + "/step").item<int64_t>());
  compat::set_optimizer_state(optimizer, tensor, std::move(state));
}

}  // namespace

NamedOptimizer::NamedOptimizer(const NamedTensors& trained, const TrainPlan& plan)
    : trained_(trained), kind_(plan.optimizer), optimizer_(make_optimizer(trained, plan)) {}

NamedOptimizer::~NamedOptimizer() = default;

void NamedOptimizer::zero_grad() { optimizer_->zero_grad(); }

void NamedOptimizer::step(double lr, double clip) {
  if (clip > 0) torch::nn::utils::clip_grad_norm_(values(trained_), clip);
  for (auto& group : optimizer_->param_groups()) group.options().set_lr(lr);
  optimizer_->step();
}

NamedTensors NamedOptimizer::state() {
  using namespace torch::optim;
  NamedTensors out;
  for (const auto& [name, tensor] : trained_) {
    if (kind_ == "adam") save_adam<AdamParamState>(*optimizer_, name, tensor, out);
    if (kind_ == "adamw") save_adam<AdamWParamState>(*optimizer_, name, tensor, out);
    if (kind_ != "sgd") continue;
    const auto* state = compat::optimizer_state<SGDParamState>(*optimizer_, tensor);
    if (state != nullptr && state->momentum_buffer().defined()) {
      out.emplace_back(name + "/momentum", state->momentum_buffer());
    }
  }
  return out;
}

void NamedOptimizer::load_state(const NamedTensors& state) {
  using namespace torch::optim;
  if (state.empty()) return;  // saved before the first step, or plain sgd
  for (const auto& [name, tensor] : trained_) {
    if (kind_ == "adam") load_adam<AdamParamState>(*optimizer_, name, tensor, state);
    if (kind_ == "adamw") load_adam<AdamWParamState>(*optimizer_, name, tensor, state);
    if (kind_ != "sgd") continue;
    auto own = std::make_unique<SGDParamState>();
    own->momentum_buffer(needed(state, name + "/momentum").to(tensor.device()).clone());
    compat::set_optimizer_state(*optimizer_, tensor, std::move(own));
  }
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
