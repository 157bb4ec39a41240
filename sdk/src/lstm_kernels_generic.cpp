#define MODHOST_ISA generic
#define MODHOST_LANES 4
#include "lstm_kernels_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

const LstmKernels& lstm_kernels_generic() {
  static constexpr LstmKernels kKernels = {"generic", generic::forward, generic::backward};
  return kKernels;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
