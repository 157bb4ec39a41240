#include "norm_kernels.h"

#include "cpu_features.h"

namespace modhost {
inline namespace v1 {
namespace detail {

template <typename T>
std::vector<const NormKernels<T>*> usable_norm_kernels() {
  std::vector<const NormKernels<T>*> out{&generic::norm_kernels<T>()};
  if (runs_avx2()) out.push_back(&avx2::norm_kernels<T>());
  if (runs_avx512()) out.push_back(&avx512::norm_kernels<T>());
  return out;
}

template <typename T>
const NormKernels<T>& norm_kernels() {
  static const NormKernels<T>* const best = usable_norm_kernels<T>().back();
  return *best;
}

template std::vector<const NormKernels<float>*> usable_norm_kernels();
template std::vector<const NormKernels<double>*> usable_norm_kernels();
template const NormKernels<float>& norm_kernels();
template const NormKernels<double>& norm_kernels();

}  // namespace detail
}  // namespace v1
}  // namespace modhost
