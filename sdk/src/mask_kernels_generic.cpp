#define MODHOST_ISA generic
#define MODHOST_LANES 4
#include "mask_kernels_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

const MaskKernels& mask_kernels_generic() {
  static constexpr MaskKernels kKernels = {"generic", generic::sample, generic::apply,
                                           generic::accumulate, generic::accumulate_mean};
  return kKernels;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
