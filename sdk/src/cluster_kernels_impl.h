// The kernels of cluster_kernels.h for the instruction set MODHOST_ISA.
#pragma once

#include "cluster_graph_impl.h"
#include "cluster_points_impl.h"

#define MODHOST_STRING_OF(name) #name
#define MODHOST_STRING(name) MODHOST_STRING_OF(name)

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {

const ClusterKernels& cluster_kernels() {
  static constexpr ClusterKernels kKernels = {MODHOST_STRING(MODHOST_ISA),
                                              dense_gram,
                                              sparse_gram,
                                              dense_edges,
                                              sparse_edges,
                                              valid,
                                              cut,
                                              add_scaled,
                                              dot,
                                              count_below,
                                              assign,
                                              approach};
  return kKernels;
}

}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
