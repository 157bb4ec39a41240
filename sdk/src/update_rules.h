// The update rules of optimisers: one pass over parameter, gradient and state.
#pragma once

#include <cstdint>
#include <vector>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// What happens to a gradient before a rule uses it: (g + offset) * scale + decay * parameter.
struct Preparation {
  double offset = 0;
  std::vector<double> scales{1};  // one for each of equal consecutive parts of the tensor
  double decay = 0;
};

// Kingma and Ba 2015, algorithm 1; `shrink` < 1 for the decoupled decay of Loshchilov and Hutter
// 2019.
struct AdamStep {
  double lr;
  double shrink = 1;
  int64_t step = 1;
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
};

// Updates parameter, exp_avg and exp_avg_sq in place. All contiguous, of one shape and type.
void adam_update(const Tensor& parameter, const Tensor& gradient, const Tensor& exp_avg,
                 const Tensor& exp_avg_sq, const Preparation& prepare, const AdamStep& step);

// velocity = momentum * velocity + gradient; parameter -= lr * velocity. Without momentum
// `velocity` is undefined.
void sgd_update(const Tensor& parameter, const Tensor& gradient, const Tensor& velocity,
                const Preparation& prepare, double lr, double momentum);

// Adds the sum of (gradient + offset)^2 over each of sums.size() equal consecutive parts; the same
// bits at any number of threads.
void add_squared_norms(const Tensor& gradient, double offset, std::vector<double>& sums);

// The same rules as operations on whole tensors, for other devices than the CPU.
void adam_update_by_tensors(const Tensor& parameter, const Tensor& gradient, const Tensor& exp_avg,
                            const Tensor& exp_avg_sq, const Preparation& prepare,
                            const AdamStep& step);
void sgd_update_by_tensors(const Tensor& parameter, const Tensor& gradient, const Tensor& velocity,
                           const Preparation& prepare, double lr, double momentum);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
