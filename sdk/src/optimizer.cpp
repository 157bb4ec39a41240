#include "optimizer.h"

#include <algorithm>
#include <cmath>

#include "modhost/error.h"
#include "update_rules.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

const Tensor& needed(const NamedTensors& state, const std::string& name) {
  const Tensor* found = find(state, name);
  check(found != nullptr, ErrorCode::data,
        "the checkpoint lacks the optimiser state '" + name + "'");
  return *found;
}

}  // namespace

NamedOptimizer::NamedOptimizer(const NamedTensors& trained, const TrainPlan& plan, int64_t networks)
    : trained_(trained), plan_(plan), networks_(networks), kind_(Kind::sgd) {
  check(plan.optimizer == "adam" || plan.optimizer == "adamw" || plan.optimizer == "sgd",
        ErrorCode::config,
        "unknown optimizer '" + plan.optimizer + "'; there are adam, adamw, sgd");
  if (plan.optimizer == "adam") kind_ = Kind::adam;
  if (plan.optimizer == "adamw") kind_ = Kind::adamw;
  for (const auto& [name, tensor] : trained) {
    Slot slot;
    slot.parameter = tensor;
    const bool moves = kind_ != Kind::sgd || plan.momentum > 0;
    if (moves) slot.first = torch::zeros_like(tensor, torch::MemoryFormat::Contiguous);
    if (kind_ != Kind::sgd) slot.second = torch::zeros_like(slot.first);
    slots_.push_back(slot);
  }
}

// Dropped, not filled with zeros: the next backward then hands its own buffer over.
void NamedOptimizer::zero_grad() {
  for (const Slot& slot : slots_) Tensor(slot.parameter).mutable_grad() = Tensor();
}

void NamedOptimizer::step(double lr) {
  const torch::NoGradGuard no_grad;
  const std::vector<double> factors = clip_factors();
  for (Slot& slot : slots_) {
    if (!slot.parameter.grad().defined()) continue;
    ++slot.steps;
    const Tensor gradient = slot.parameter.grad().contiguous();
    for (int64_t network = 0; network < networks_; ++network) {
      update(slot, gradient, network, factors[static_cast<size_t>(network)], lr);
    }
  }
}

// As torch's clip_grad_norm_: the norm over all tensors, never an enlargement.
std::vector<double> NamedOptimizer::clip_factors() const {
  std::vector<double> factors(static_cast<size_t>(networks_), 1);
  if (plan_.clip_norm <= 0) return factors;
  for (int64_t network = 0; network < networks_; ++network) {
    double sum = 0;
    for (const Slot& slot : slots_) {
      const Tensor& gradient = slot.parameter.grad();
      if (!gradient.defined()) continue;
      sum += squared_norm(part(gradient.contiguous(), network), plan_.linear_penalty);
    }
    constexpr double kTiny = 1e-6;
    factors[static_cast<size_t>(network)] =
        std::min(1.0, plan_.clip_norm / (std::sqrt(sum) + kTiny));
  }
  return factors;
}

void NamedOptimizer::update(const Slot& slot, const Tensor& gradient, int64_t network, double scale,
                            double lr) {
  const Tensor parameter = part(slot.parameter, network), g = part(gradient, network);
  const Tensor first = part(slot.first, network), second = part(slot.second, network);
  Preparation prepare{plan_.linear_penalty, scale, plan_.weight_decay};
  if (kind_ == Kind::sgd) {
    return sgd_update(parameter, g, first, prepare, lr, plan_.momentum);
  }
  AdamStep how{lr};
  how.step = slot.steps;
  if (kind_ == Kind::adamw) {
    prepare.decay = 0;
    how.shrink = 1 - lr * plan_.weight_decay;
  }
  adam_update(parameter, g, first, second, prepare, how);
}

Tensor NamedOptimizer::part(const Tensor& tensor, int64_t network) const {
  return networks_ == 1 || !tensor.defined() ? tensor : tensor[network];
}

NamedTensors NamedOptimizer::state() const {
  NamedTensors out;
  for (size_t i = 0; i < slots_.size(); ++i) {
    const auto& [name, tensor] = trained_[i];
    const Slot& slot = slots_[i];
    if (slot.steps == 0) continue;
    if (kind_ == Kind::sgd) {
      if (slot.first.defined()) out.emplace_back(name + "/momentum", slot.first);
      continue;
    }
    out.emplace_back(name + "/exp_avg", slot.first);
    out.emplace_back(name + "/exp_avg_sq", slot.second);
    out.emplace_back(name + "/step", torch::tensor(slot.steps));
  }
  return out;
}

void NamedOptimizer::load_state(const NamedTensors& state) {
  if (state.empty()) return;  // saved before the first step, or plain sgd
  const torch::NoGradGuard no_grad;
  for (size_t i = 0; i < slots_.size(); ++i) {
    const std::string& name = trained_[i].first;
    Slot& slot = slots_[i];
    if (kind_ == Kind::sgd) {
      if (slot.first.defined()) slot.first.copy_(needed(state, name + "/momentum"));
      continue;
    }
    slot.first.copy_(needed(state, name + "/exp_avg"));
    slot.second.copy_(needed(state, name + "/exp_avg_sq"));
    slot.steps = needed(state, name + "/step").item<int64_t>();
  }
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
