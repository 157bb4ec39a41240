// The kernels of norm_kernels.h for the instruction set MODHOST_ISA.
#pragma once

#include "batch_pixels_impl.h"
#include "norm_pixels_impl.h"
#include "norm_planes_impl.h"
#include "norm_rows_impl.h"

#define MODHOST_STRING_OF(name) #name
#define MODHOST_STRING(name) MODHOST_STRING_OF(name)

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {

template <typename T>
const NormKernels<T>& norm_kernels() {
  static constexpr NormKernels<T> kKernels = {MODHOST_STRING(MODHOST_ISA),
                                              rows<T>,
                                              rows_backward<T>,
                                              planes<T>,
                                              planes_backward<T>,
                                              pixels<T>,
                                              pixels_backward<T>,
                                              moments<T>,
                                              products<T>,
                                              affine<T>,
                                              batch_backward<T>};
  return kKernels;
}

template const NormKernels<float>& norm_kernels();
template const NormKernels<double>& norm_kernels();

}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
