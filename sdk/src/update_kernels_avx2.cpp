#define MODHOST_ISA avx2
#include "update_kernels_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

const UpdateKernels& update_kernels_avx2() {
  static constexpr UpdateKernels kKernels = {"avx2", avx2::kFloatLoops, avx2::kDoubleLoops};
  return kKernels;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
