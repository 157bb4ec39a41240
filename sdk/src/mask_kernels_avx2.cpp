#define MODHOST_ISA avx2
#define MODHOST_LANES 8
#include "mask_kernels_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

const MaskKernels& mask_kernels_avx2() {
  static constexpr MaskKernels kKernels = {"avx2", avx2::sample, avx2::apply, avx2::accumulate,
                                           avx2::accumulate_mean};
  return kKernels;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
