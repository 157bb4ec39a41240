// The one source of the kernels of update_kernels.h; see mask_kernels_impl.h for how it is
// compiled.
#pragma once

#include <cmath>

#include "update_kernels.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

template <typename T>
inline T prepare(const Prepared<T>& how, T gradient, T parameter) {
  return (gradient + how.offset) * how.scale + how.decay * parameter;
}

template <typename T>
void adam(T* __restrict parameter, const T* __restrict gradient, T* __restrict mean,
          T* __restrict square, int64_t count, const Prepared<T>& prepared,
          const AdamNumbers<T>& numbers) {
  const Prepared<T> how = prepared;
  const AdamNumbers<T> n = numbers;
  for (int64_t i = 0; i < count; ++i) {
    const T g = prepare(how, gradient[i], parameter[i]);
    mean[i] = n.beta1 * mean[i] + n.new1 * g;
    square[i] = n.beta2 * square[i] + n.new2 * g * g;
    parameter[i] = n.shrink * parameter[i] -
                   n.rate * mean[i] / (std::sqrt(square[i]) * n.inverse_root + n.eps);
  }
}

template <typename T>
void sgd(T* __restrict parameter, const T* __restrict gradient, T* __restrict velocity,
         int64_t count, const Prepared<T>& prepared, T rate, T momentum) {
  const Prepared<T> how = prepared;
  if (velocity == nullptr) {
    for (int64_t i = 0; i < count; ++i) {
      parameter[i] -= rate * prepare(how, gradient[i], parameter[i]);
    }
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    velocity[i] = momentum * velocity[i] + prepare(how, gradient[i], parameter[i]);
    parameter[i] -= rate * velocity[i];
  }
}

constexpr UpdateLoops<float> kFloatLoops = {adam<float>, sgd<float>};
constexpr UpdateLoops<double> kDoubleLoops = {adam<double>, sgd<double>};

}  // namespace
}  // namespace MODHOST_ISA

}  // namespace detail
}  // namespace v1
}  // namespace modhost
