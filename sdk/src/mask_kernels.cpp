#include "mask_kernels.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

bool runs_avx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#else
  return false;
#endif
}

bool runs_avx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
#else
  return false;
#endif
}

}  // namespace

std::vector<const MaskKernels*> usable_mask_kernels() {
  std::vector<const MaskKernels*> out{&mask_kernels_generic()};
  if (runs_avx2()) out.push_back(&mask_kernels_avx2());
  if (runs_avx512()) out.push_back(&mask_kernels_avx512());
  return out;
}

const MaskKernels& mask_kernels() {
  static const MaskKernels* const best = usable_mask_kernels().back();
  return *best;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
