// The convolution under sampled masks, with the masked weights of a few samples in memory at a
// time.
#pragma once

#include <optional>

#include "modhost/mask.h"
#include "modhost/ops.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Part e of the rows with masked weight e: x [E*n, in, h, w] -> [E*n, out, h', w']; weight [out,
// in/groups, kh, kw], logits [S, out, ...], E = S*K; bias undefined, [out] or [E, out]. Where
// can_fuse() of masked_linear.h says so. Differentiable in x, logits and bias; with the estimator
// mean one product gives the weight gradient of all samples of a set. With `pooling`, which
// can_max_pool() must allow, what ops::max_pool2d makes of that: pooled part by part, so that no
// more than one part (of the estimator mean 64 rows) is in memory as it was before, there and back.
Tensor masked_conv2d(const Tensor& x, const Tensor& weight, const Tensor& logits,
                     const MaskSampling& sampling, const Tensor& bias,
                     const ops::Conv2dGeometry& geometry,
                     const std::optional<ops::Pool2dGeometry>& pooling = std::nullopt);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
