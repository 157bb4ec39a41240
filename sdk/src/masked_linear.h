// The linear layer under sampled masks, without the masked weights ever being in memory at once.
#pragma once

#include "modhost/mask.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Whether masked_linear() can take these: single precision on the CPU, a frozen weight, a
// temperature that the kernels know, no given uniforms.
bool can_fuse(const Tensor& x, const Tensor& weight, const Tensor& logits,
              const MaskSampling& sampling);

// y = x W_e^T, part e of the rows with masked weight e: x [E*n, in] -> [E*n, out]; weight [out,
// in], logits [S, out, in], E = S*K. Differentiable in x and logits. The same bits at any number of
// threads.
Tensor masked_linear(const Tensor& x, const Tensor& weight, const Tensor& logits,
                     const MaskSampling& sampling);

// Writes to `gradient` [S, out, in] what the logits get from outputs' gradients `gy` [E*n, out] at
// inputs x [E*n, in]; to `gx` [E*n, in], if defined, the gradient of the inputs. All contiguous.
// `kept`: the bits of the forward pass where it kept them, or undefined.
void masked_linear_backward(const Tensor& x, const Tensor& weight, const Tensor& logits,
                            const MaskSampling& sampling, const Tensor& gy, const Tensor& kept,
                            const Tensor& gradient, const Tensor& gx);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
