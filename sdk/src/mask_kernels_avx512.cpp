#define MODHOST_ISA avx512
#define MODHOST_LANES 16
#include "mask_kernels_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

const MaskKernels& mask_kernels_avx512() {
  static constexpr MaskKernels kKernels = {"avx512", avx512::sample, avx512::apply,
                                           avx512::accumulate, avx512::accumulate_mean};
  return kKernels;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
