#include "optimizer.h"

#include <algorithm>
#include <cmath>

#include "kernel_updates.h"
#include "modhost/error.h"

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

bool is_kept(const std::string& name) {
  const size_t slash = name.rfind('/');
  return slash != std::string::npos && name.substr(slash) == "/kept";
}

}  // namespace

NamedOptimizer::NamedOptimizer(const NamedTensors& trained, const TrainPlan& plan, int64_t networks,
                               const std::vector<std::string>& kernels)
    : trained_(trained), plan_(plan), networks_(networks), kind_(Kind::sgd) {
  check(plan.optimizer == "adam" || plan.optimizer == "adamw" || plan.optimizer == "sgd",
        ErrorCode::config,
        "unknown optimizer '" + plan.optimizer + "'; there are adam, adamw, sgd");
  if (plan.optimizer == "adam") kind_ = Kind::adam;
  if (plan.optimizer == "adamw") kind_ = Kind::adamw;
  for (const auto& [name, tensor] : trained) {
    Slot slot;
    slot.parameter = tensor;
    slot.is_kernel = std::find(kernels.begin(), kernels.end(), name) != kernels.end();
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
  prepare_kernels();
  const double decay = kind_ == Kind::adamw ? 0 : plan_.weight_decay;
  const Preparation prepare{plan_.linear_penalty, clip_factors(), decay};
  for (Slot& slot : slots_) {
    if (!slot.parameter.grad().defined()) continue;
    ++slot.steps;
    update(slot, prepare, lr);
    if (slot.kept.defined()) zero_pruned(slot.parameter, slot.kept);
  }
}

// Before the norm is taken: what is pruned has no gradient.
void NamedOptimizer::prepare_kernels() {
  const bool penalised = plan_.l1 != 0 || plan_.l2 != 0, clips = plan_.clip_norm > 0;
  for (Slot& slot : slots_) {
    Tensor& gradient = slot.parameter.mutable_grad();
    const bool sized = penalised && slot.is_kernel;
    if (!gradient.defined() || !(sized || slot.kept.defined())) continue;
    gradient = gradient.contiguous();
    if (sized) add_size_gradient(gradient, slot.parameter, plan_.l1, plan_.l2);
    if (clips && slot.kept.defined()) zero_pruned(gradient, slot.kept);
  }
}

void NamedOptimizer::prune(double sparsity) {
  for (Slot& slot : slots_) {
    if (!slot.is_kernel) continue;
    const Tensor largest = largest_entries(slot.parameter, networks_, sparsity);
    // What is zero already stays so, also where it is more than the pruning asks for.
    slot.kept = slot.kept.defined() ? largest.logical_and(slot.kept) : largest;
    zero_pruned(slot.parameter.detach(), slot.kept);
  }
}

void NamedOptimizer::keep_zeros(const NamedTensors& kept) {
  const torch::NoGradGuard no_grad;
  for (size_t i = 0; i < slots_.size(); ++i) {
    const Tensor* own = find(kept, trained_[i].first);
    if (own == nullptr) continue;
    Slot& slot = slots_[i];
    check(own->sizes() == slot.parameter.sizes() && own->scalar_type() == torch::kBool,
          ErrorCode::internal, "'" + trained_[i].first + "' is to keep entries of another shape");
    slot.kept = own->to(slot.parameter.device()).contiguous().clone();
    zero_pruned(slot.parameter.detach(), slot.kept);
  }
}

void NamedOptimizer::restart() {
  for (Slot& slot : slots_) {
    for (Tensor* state : {&slot.first, &slot.second}) {
      if (state->defined()) *state = torch::zeros_like(*state);
    }
    slot.steps = 0;
  }
}

void NamedOptimizer::keep(const std::vector<int64_t>& positions) {
  const torch::NoGradGuard no_grad;
  networks_ = static_cast<int64_t>(positions.size());
  for (Slot& slot : slots_) {
    const Tensor at = torch::tensor(positions, torch::kLong).to(slot.parameter.device());
    for (Tensor* state : {&slot.first, &slot.second, &slot.kept}) {
      if (state->defined()) *state = state->index_select(0, at);
    }
  }
}

// As torch's clip_grad_norm_: the norm over all tensors, never an enlargement.
std::vector<double> NamedOptimizer::clip_factors() const {
  if (plan_.clip_norm <= 0) return {1};
  std::vector<double> sums(static_cast<size_t>(networks_), 0);
  for (const Slot& slot : slots_) {
    const Tensor& gradient = slot.parameter.grad();
    if (gradient.defined()) add_squared_norms(gradient.contiguous(), plan_.linear_penalty, sums);
  }
  constexpr double kTiny = 1e-6;
  for (double& sum : sums) sum = std::min(1.0, plan_.clip_norm / (std::sqrt(sum) + kTiny));
  return sums;
}

void NamedOptimizer::update(const Slot& slot, const Preparation& prepare, double lr) const {
  const Tensor gradient = slot.parameter.grad().contiguous();
  if (kind_ == Kind::sgd) {
    return sgd_update(slot.parameter, gradient, slot.first, prepare, lr, plan_.momentum);
  }
  AdamStep how{lr};
  how.step = slot.steps;
  how.beta1 = plan_.beta1;
  how.beta2 = plan_.beta2;
  how.eps = plan_.eps;
  if (kind_ == Kind::adamw) how.shrink = 1 - lr * plan_.weight_decay;
  adam_update(slot.parameter, gradient, slot.first, slot.second, prepare, how);
}

NamedTensors NamedOptimizer::state() const {
  NamedTensors out;
  const bool moved =
      std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.steps > 0; });
  for (size_t i = 0; i < slots_.size(); ++i) {
    const auto& [name, tensor] = trained_[i];
    const Slot& slot = slots_[i];
    if (slot.kept.defined()) out.emplace_back(name + "/kept", slot.kept);
    if (!moved) continue;
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
  // Otherwise saved before the first step, or plain sgd.
  const bool moved = std::any_of(state.begin(), state.end(),
                                 [](const auto& entry) { return !is_kept(entry.first); });
  const torch::NoGradGuard no_grad;
  for (size_t i = 0; i < slots_.size(); ++i) {
    const std::string& name = trained_[i].first;
    Slot& slot = slots_[i];
    if (const Tensor* kept = find(state, name + "/kept")) {
      slot.kept = kept->to(slot.parameter.device(), torch::kBool).contiguous();
      check(slot.kept.sizes() == slot.parameter.sizes(), ErrorCode::data,
            "the checkpoint's '" + name + "/kept' has another shape than the weights");
    }
    if (!moved) continue;
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
