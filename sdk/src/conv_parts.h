// E convolutions, each of one part of a batch with weights of its own.
#pragma once

#include "modhost/ops.h"

namespace modhost {
inline namespace v1 {
namespace ops {

// One convolution with the weights that all rows share. b: undefined or [out].
Tensor convolve(const Tensor& x, const Tensor& w, const Tensor& b, const Conv2dGeometry& geometry);

// x: [E*b, in, h, w]; w: [E, out, in/groups, kh, kw]; b: undefined, [out] or [E, out]. One call for
// each part, whose results go straight to their places in the whole, forward and backward; only
// what has a reader is computed. The memory format is that of x. Once differentiable.
Tensor convolve_each_part(const Tensor& x, const Tensor& w, const Tensor& b,
                          const Conv2dGeometry& geometry);

}  // namespace ops
}  // namespace v1
}  // namespace modhost
