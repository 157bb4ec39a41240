// Normalisation of rows and of runs of channels: the loops, without tensors. Compiled once for each
// instruction set; all give the same bits.
#pragma once

#include <cstdint>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

// What a layer norm divides by: sqrt(variance + eps), or the unbiased deviation plus eps.
struct RowNorm {
  int64_t features;
  double eps;
  bool unbiased;
};

// What a row was normalised by, for the way back: z = (x - mean) factor, and the gradient of x has
// the term -factor pull z sum(g scale z).
template <typename T>
struct RowStatistics {
  T *mean, *factor, *pull;  // [rows] each
};

// One image [channels, inner], its channels in `groups` equal runs.
struct GroupNormShape {
  int64_t groups, channels, inner;
  double eps;
};

// Some pixels one after another, [pixels, channels].
struct PixelRun {
  int64_t pixels, channels;
};

template <typename T>
struct NormKernels {
  const char* name;

  // x, y: [rows, features]; scale, shift: [features].
  void (*rows)(const RowNorm& norm, int64_t rows, const T* x, const T* scale, const T* shift, T* y,
               RowStatistics<T> statistics);
  // Writes dx and adds to dscale and dshift [features], which may be null.
  void (*rows_backward)(const RowNorm& norm, int64_t rows, const T* x, const T* g, const T* scale,
                        RowStatistics<T> statistics, T* dx, T* dscale, T* dshift);

  // Images as planes, channel after channel. mean, factor: [groups].
  void (*planes)(const GroupNormShape& shape, const T* x, const T* scale, const T* shift, T* y,
                 T* mean, T* factor);
  void (*planes_backward)(const GroupNormShape& shape, const T* x, const T* g, const T* scale,
                          const T* mean, const T* factor, T* dx, double* dscale, double* dshift);

  // The same with the channels of a pixel next to each other.
  void (*pixels)(const GroupNormShape& shape, const T* x, const T* scale, const T* shift, T* y,
                 T* mean, T* factor);
  void (*pixels_backward)(const GroupNormShape& shape, const T* x, const T* g, const T* scale,
                          const T* mean, const T* factor, T* dx, double* dscale, double* dshift);

  // Of each channel, [channels]: the mean, and the sum of the squared distances from it.
  void (*moments)(const PixelRun& run, const T* x, T* mean, T* squares);
  // The sums of g and of g (x - center).
  void (*products)(const PixelRun& run, const T* x, const T* g, const T* center, T* sums,
                   T* products);
  // y = (x - center) factor + shift
  void (*affine)(const PixelRun& run, const T* x, const T* center, const T* factor, const T* shift,
                 T* y);
  // dx = factor g - weight (constant + slope (x - center))
  void (*batch_backward)(const PixelRun& run, const T* x, const T* g, const T* center,
                         const T* factor, const T* constant, const T* slope, T weight, T* dx);
};

template <typename T>
const NormKernels<T>& norm_kernels();  // the best for this CPU
template <typename T>
std::vector<const NormKernels<T>*> usable_norm_kernels();

namespace generic {
template <typename T>
const NormKernels<T>& norm_kernels();
}
namespace avx2 {
template <typename T>
const NormKernels<T>& norm_kernels();
}
namespace avx512 {
template <typename T>
const NormKernels<T>& norm_kernels();
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
