#define MODHOST_ISA avx512
#define MODHOST_LANES 16
#include "lstm_kernels_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

const LstmKernels& lstm_kernels_avx512() {
  static constexpr LstmKernels kKernels = {"avx512", avx512::forward, avx512::backward};
  return kKernels;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
