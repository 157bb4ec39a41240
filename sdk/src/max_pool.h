// Max pooling of batches without autograd: what the operation max_pool2d and those that pool a part
// of the batch at a time have in common.
#pragma once

#include "modhost/ops.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Are there kernels of our own for images of that size, or for these?
bool can_max_pool(const ops::Sides& size, const ops::Pool2dGeometry& geometry);
bool can_max_pool(const Tensor& x, const ops::Pool2dGeometry& geometry);

// Height and width of what comes out of images of that size.
ops::Sides pooled_sides(const ops::Sides& size, const ops::Pool2dGeometry& geometry);

// The tensors below are contiguous in one order, that of x or dx: planes, or channels last.

// Memory for n pooled images of the type `type`, in the order of x [n', c, h, w].
Tensor empty_pooled(const Tensor& x, int64_t n, const ops::Pool2dGeometry& geometry,
                    torch::ScalarType type);

// Writes y [n, c, h', w'] and, where defined, at: the position of each in its window, a byte each.
void max_pool(const Tensor& x, const ops::Pool2dGeometry& geometry, const Tensor& y,
              const Tensor& at);

// Writes dx [n, c, h, w] from the gradient of y.
void max_pool_backward(const Tensor& g, const Tensor& at, const ops::Pool2dGeometry& geometry,
                       const Tensor& dx);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
