#define MODHOST_ISA avx512
#include "update_kernels_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

const UpdateKernels& update_kernels_avx512() {
  static constexpr UpdateKernels kKernels = {"avx512", avx512::kFloatLoops, avx512::kDoubleLoops};
  return kKernels;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
