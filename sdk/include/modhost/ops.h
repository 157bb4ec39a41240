// Operations on weight views: the only place that knows how a batch is split over an ensemble.
//
// Every function takes x: [E*b, ...]. With a plain weight it is the ordinary operation on the whole
// batch; with a varied one part e of the batch meets variant e. Error(shape) when the batch does
// not divide into E parts.
#pragma once

#include <cstdint>

#include "modhost/parameter.h"

namespace modhost {
inline namespace v1 {
namespace ops {

// y = x W^T + bias over the last dimension. W: [out, in] or [E, out, in]; x: [E*b, ..., in].
Tensor linear(const Tensor& x, const WeightView& weight, const WeightView& bias);

// One number for both directions, or height and width: {3}, {3, 5}.
struct Sides {
  int64_t height = 1;
  int64_t width = 1;
  Sides(int64_t both) : height(both), width(both) {}  // NOLINT: a square is the usual case
  Sides(int64_t height, int64_t width) : height(height), width(width) {}
};
struct Conv2dGeometry {
  Sides stride = 1;
  Sides padding = 0;
  Sides dilation = 1;
  int64_t groups = 1;
};
// x: [E*b, in, h, w]; W: [out, in/groups, kh, kw] or with E in front.
Tensor conv2d(const Tensor& x, const WeightView& weight, const WeightView& bias,
              const Conv2dGeometry& geometry);

struct Conv1dGeometry {
  int64_t stride = 1;
  int64_t padding = 0;
  int64_t dilation = 1;
  int64_t groups = 1;
};
// x: [E*b, in, length]; W: [out, in/groups, kernel] or with E in front.
Tensor conv1d(const Tensor& x, const WeightView& weight, const WeightView& bias,
              const Conv1dGeometry& geometry);

struct Pool2dGeometry {
  Sides kernel = 2;
  Sides stride = 2;
  Sides padding = 0;  // at most half of the kernel
};
// The largest entry of each window, windows that do not fit left out: [n, c, h, w] -> [n, c, h',
// w'], in the memory order of x. As torch::max_pool2d to the bit, the first of equal entries and
// NaN included, but what it keeps for the way back is a byte for each result and not x. Once
// differentiable, where LibTorch's is used (other devices and types, windows of more than 255
// entries) twice.
Tensor max_pool2d(const Tensor& x, const Pool2dGeometry& geometry);

// y = x * scale + shift, per channel (dimension 1). x: [E*b, c, ...]; scale, shift: [c] or [E, c].
Tensor channel_affine(const Tensor& x, const Tensor& scale, const Tensor& shift);

enum class LayerNormVariant {
  standard,      // (x - mean) / sqrt(variance + eps), biased variance
  unbiased_std,  // (x - mean) / (deviation + eps), from the unbiased variance; Csordas et al. 2021
};
// Normalises the last dimension, then scales and shifts it. scale, shift: [features] or with E in
// front.
Tensor layer_norm(const Tensor& x, const WeightView& scale, const WeightView& shift, double eps,
                  LayerNormVariant variant = LayerNormVariant::standard);

// Normalises each of `groups` equal runs of channels together with all positions, row by row (Wu,
// He 2018). x: [E*b, c, ...]; scale, shift: [c] or [E, c].
Tensor group_norm(const Tensor& x, const WeightView& scale, const WeightView& shift, int64_t groups,
                  double eps);

// Rows of a table [tokens, features], or with E in front: tokens [E*b, ...] int64 -> [E*b, ...,
// features]. The row of `padding`, if that is not negative, has no gradient. Error(data) for a
// token that is not in the table.
Tensor embedding(const Tensor& tokens, const WeightView& table, int64_t padding = -1);

struct BatchStatistics {
  Tensor mean;      // [parts, c]
  Tensor variance;  // [parts, c], biased
};
// Batch normalisation with the statistics of the batch, separately for each of `parts` equal
// consecutive parts of it, and with a weight for each row: a row of weight 2 counts as if it were
// there twice. x: [parts*b, c, ...]; scale, shift: [1, c] or [parts, c]; row_weight: [parts*b] or
// undefined for ones. Differentiable in x, scale and shift; bit-equal at any number of threads.
Tensor batch_norm(const Tensor& x, const Tensor& scale, const Tensor& shift,
                  const Tensor& row_weight, int64_t parts, double eps, BatchStatistics* statistics);

}  // namespace ops
}  // namespace v1
}  // namespace modhost
