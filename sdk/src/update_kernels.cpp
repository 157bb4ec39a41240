#include "update_kernels.h"

#include "cpu_features.h"

namespace modhost {
inline namespace v1 {
namespace detail {

std::vector<const UpdateKernels*> usable_update_kernels() {
  std::vector<const UpdateKernels*> out{&update_kernels_generic()};
  if (runs_avx2()) out.push_back(&update_kernels_avx2());
  if (runs_avx512()) out.push_back(&update_kernels_avx512());
  return out;
}

const UpdateKernels& update_kernels() {
  static const UpdateKernels* const best = usable_update_kernels().back();
  return *best;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
