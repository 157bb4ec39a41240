#include "cluster_kernels.h"

#include "cpu_features.h"

namespace modhost {
inline namespace v1 {
namespace detail {

std::vector<const ClusterKernels*> usable_cluster_kernels() {
  std::vector<const ClusterKernels*> out{&generic::cluster_kernels()};
  if (runs_avx2()) out.push_back(&avx2::cluster_kernels());
  if (runs_avx512()) out.push_back(&avx512::cluster_kernels());
  return out;
}

const ClusterKernels& cluster_kernels() {
  static const ClusterKernels* const best = usable_cluster_kernels().back();
  return *best;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
