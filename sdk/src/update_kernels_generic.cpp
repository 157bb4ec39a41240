#define MODHOST_ISA generic
#include "update_kernels_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

const UpdateKernels& update_kernels_generic() {
  static constexpr UpdateKernels kKernels = {"generic", generic::kFloatLoops,
                                             generic::kDoubleLoops};
  return kKernels;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
