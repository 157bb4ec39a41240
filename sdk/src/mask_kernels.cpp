#include "mask_kernels.h"

#include "cpu_features.h"

namespace modhost {
inline namespace v1 {
namespace detail {

std::vector<const MaskKernels*> usable_mask_kernels() {
  std::vector<const MaskKernels*> out{&mask_kernels_generic()};
  if (runs_avx2()) out.push_back(&mask_kernels_avx2());
  if (runs_avx512()) out.push_back(&mask_kernels_avx512());
  return out;
}

const MaskKernels& mask_kernels() {
  static const MaskKernels* const best = usable_mask_kernels().back();
  return *best;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
