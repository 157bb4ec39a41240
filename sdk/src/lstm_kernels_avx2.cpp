#define MODHOST_ISA avx2
#define MODHOST_LANES 8
#include "lstm_kernels_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

const LstmKernels& lstm_kernels_avx2() {
  static constexpr LstmKernels kKernels = {"avx2", avx2::forward, avx2::backward};
  return kKernels;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
