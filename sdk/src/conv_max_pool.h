// A convolution and the pooling of what it puts out, in one.
#pragma once

#include "modhost/ops.h"

namespace modhost {
inline namespace v1 {
namespace ops {

// max_pool2d(conv2d(x, weight, bias, geometry), pooling) where doing both at once pays: under
// sampled masks, whose parts need not be put together before they are pooled. Undefined elsewhere.
// The same numbers, but for the gradient of the bias, which is added up in another order.
Tensor conv2d_max_pool(const Tensor& x, const WeightView& weight, const WeightView& bias,
                       const Conv2dGeometry& geometry, const Pool2dGeometry& pooling);

}  // namespace ops
}  // namespace v1
}  // namespace modhost
