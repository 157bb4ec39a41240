#include "pool_kernels.h"

#include "cpu_features.h"

namespace modhost {
inline namespace v1 {
namespace detail {

template <typename T>
std::vector<const PoolKernels<T>*> usable_pool_kernels() {
  std::vector<const PoolKernels<T>*> out{&generic::pool_kernels<T>()};
  if (runs_avx2()) out.push_back(&avx2::pool_kernels<T>());
  if (runs_avx512()) out.push_back(&avx512::pool_kernels<T>());
  return out;
}

template <typename T>
const PoolKernels<T>& pool_kernels() {
  static const PoolKernels<T>* const best = usable_pool_kernels<T>().back();
  return *best;
}

template std::vector<const PoolKernels<float>*> usable_pool_kernels();
template std::vector<const PoolKernels<double>*> usable_pool_kernels();
template const PoolKernels<float>& pool_kernels();
template const PoolKernels<double>& pool_kernels();

}  // namespace detail
}  // namespace v1
}  // namespace modhost
