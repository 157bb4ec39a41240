// linear_parts() for large weights: one product of BLAS for each part, written where it belongs. A
// batched product of LibTorch copies the bias first and hands over gradients of the weights that
// are transposed in memory, which costs another copy.
#pragma once

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// x [E*n, in], weight [E, out, in], bias [E, out] or empty -> [E*n, out]. All contiguous.
Tensor linear_parts_by_blas(const Tensor& x, const Tensor& weight, const Tensor& bias);

// Of the three inputs; those that are undefined are not computed.
struct LinearPartsGradients {
  Tensor x, weight, bias;
};

// Fills `to` from the gradient gy [E*n, out].
void linear_parts_backward_by_blas(const Tensor& x, const Tensor& weight, const Tensor& gy,
                                   const LinearPartsGradients& to);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
