// Optimisers with a state that can be saved and restored by parameter name.
#pragma once

#include <string>
#include <vector>

#include "modhost/tensor.h"
#include "modhost/train.h"
#include "update_rules.h"

namespace modhost {
inline namespace v1 {
namespace detail {

class NamedOptimizer {
 public:
  // `networks` > 1: dimension 0 of every trained tensor counts networks that are trained together;
  // the gradient norm is clipped for each of them by itself. `kernels`: names of those that
  // TrainPlan::l1, l2 and prune() are about.
  NamedOptimizer(const NamedTensors& trained, const TrainPlan& plan, int64_t networks = 1,
                 const std::vector<std::string>& kernels = {});

  void zero_grad();
  // One update with rate `lr`, after clipping as the plan says. A tensor without a gradient stays.
  void step(double lr);
  // Sets the smallest entries of each kernel of each network to zero, where they stay.
  void prune(double sparsity);
  // Sets entries of these tensors to zero where they are false, and keeps them there.
  void keep_zeros(const NamedTensors& kept);
  // Forgets everything but what is pruned.
  void restart();
  // Goes on with the networks at `positions`; the trained tensors hold them alone already.
  void keep(const std::vector<int64_t>& positions);

  // "NAME/exp_avg", "NAME/exp_avg_sq", "NAME/step" or "NAME/momentum"; "NAME/kept" once pruned.
  NamedTensors state() const;
  // Error(data) when something is missing.
  void load_state(const NamedTensors& state);

 private:
  enum class Kind { adam, adamw, sgd };
  struct Slot {
    Tensor parameter;
    Tensor first, second;  // averages of Adam; the velocity of sgd
    int64_t steps = 0;
    bool is_kernel = false;
    Tensor kept;  // of a pruned kernel: which entries are not
  };
  void prepare_kernels();
  std::vector<double> clip_factors() const;  // one for each network, or one for all
  void update(const Slot& slot, const Preparation& prepare, double lr) const;

  NamedTensors trained_;
  TrainPlan plan_;
  int64_t networks_;
  Kind kind_;
  std::vector<Slot> slots_;
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
