// E convolutions, each of one part of a batch with weights of its own.
#pragma once

#include <array>
#include <tuple>

#include "modhost/ops.h"

namespace modhost {
inline namespace v1 {
namespace ops {

// One convolution with the weights that all rows share. b: undefined or [out].
Tensor convolve(const Tensor& x, const Tensor& w, const Tensor& b, const Conv2dGeometry& geometry);

// Height and width of what convolve() makes of x with kernels of that size.
Sides convolved_sides(const Tensor& x, const Sides& kernel, const Conv2dGeometry& geometry);

// The gradients of x, w and the bias of convolve() at the gradient g of what it returns; undefined
// where not wanted.
std::tuple<Tensor, Tensor, Tensor> convolution_gradients(const Tensor& g, const Tensor& x,
                                                         const Tensor& w,
                                                         const Conv2dGeometry& geometry,
                                                         const std::array<bool, 3>& wanted);

// Memory for `rows` rows of what convolve() returned for some, in the same order.
Tensor empty_for(const Tensor& part, int64_t rows);

// x: [E*b, in, h, w]; w: [E, out, in/groups, kh, kw]; b: undefined, [out] or [E, out]. One call for
// each part, whose results go straight to their places in the whole, forward and backward; only
// what has a reader is computed. The memory format is that of x. Once differentiable.
Tensor convolve_each_part(const Tensor& x, const Tensor& w, const Tensor& b,
                          const Conv2dGeometry& geometry);

}  // namespace ops
}  // namespace v1
}  // namespace modhost
