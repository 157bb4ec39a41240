// The linear layer with weights of its own for each part of the batch: networks trained together,
// lesions, given masks.
#pragma once

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Whether linear_parts() can take these: single precision on the CPU.
bool fits_linear_parts(const Tensor& x, const Tensor& weight, const Tensor& bias);

// y = x_e W_e^T + b_e for part e: x [E*n, in] -> [E*n, out]; weight [E, out, in], bias [E, out] or
// undefined. Differentiable in all three. The same bits at any number of
// threads, for large weights as far as BLAS has them.
Tensor linear_parts(const Tensor& x, const Tensor& weight, const Tensor& bias);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
