// Batch normalisation where the channels of a pixel lie next to each other.
#pragma once

#include <cstdint>

#include "channel_kernels.h"

namespace modhost {
inline namespace v1 {
namespace ops {

// scale, shift, mean, variance: [parts, channels]; share: [parts*rows], the weight of an entry of
// the row within its part's sums; y like x. T is float or double.
template <typename T>
void batch_norm_pixels(const ChannelLayout& layout, const T* x, const double* share, const T* scale,
                       const T* shift, double eps, T* y, T* mean, T* variance);

// dx like x; dscale, dshift: [parts, channels].
template <typename T>
void batch_norm_pixels_backward(const ChannelLayout& layout, const T* x, const T* g,
                                const double* share, const T* scale, const T* mean,
                                const T* variance, double eps, T* dx, T* dscale, T* dshift);

// y = x * scale + shift, and its gradients; dscale and dshift may both be null.
template <typename T>
void affine_pixels(const ChannelLayout& layout, const T* x, const T* scale, const T* shift, T* y);
template <typename T>
void affine_pixels_backward(const ChannelLayout& layout, const T* x, const T* g, const T* scale,
                            T* dx, T* dscale, T* dshift);

}  // namespace ops
}  // namespace v1
}  // namespace modhost
