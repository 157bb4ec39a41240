// The inner loops of the update rules, for one run of entries that are prepared alike.
#pragma once

#include <cstdint>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

// (g + offset) * scale + decay * parameter is what a rule sees of a gradient g.
template <typename T>
struct Prepared {
  T offset, scale, decay;
};

// rate and inverse_root: with the two corrections of Adam's bias.
template <typename T>
struct AdamNumbers {
  T rate, inverse_root, beta1, beta2, new1, new2, eps, shrink;
};

template <typename T>
struct UpdateLoops {
  void (*adam)(T* parameter, const T* gradient, T* mean, T* square, int64_t count,
               const Prepared<T>& prepared, const AdamNumbers<T>& numbers);
  // velocity: null without momentum.
  void (*sgd)(T* parameter, const T* gradient, T* velocity, int64_t count,
              const Prepared<T>& prepared, T rate, T momentum);
};

// The same bits from every set: no operations are fused.
struct UpdateKernels {
  const char* name;
  UpdateLoops<float> of_float;
  UpdateLoops<double> of_double;
  const UpdateLoops<float>& loops(float) const { return of_float; }
  const UpdateLoops<double>& loops(double) const { return of_double; }
};

const UpdateKernels& update_kernels();  // the best for this CPU
std::vector<const UpdateKernels*> usable_update_kernels();

const UpdateKernels& update_kernels_generic();
const UpdateKernels& update_kernels_avx2();
const UpdateKernels& update_kernels_avx512();

}  // namespace detail
}  // namespace v1
}  // namespace modhost
