// Group normalisation of images stored channel after channel.
#pragma once

#include <cmath>

#include "norm_kernels.h"
#include "norm_span_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

// dx = g a - level - (x - mean) slope, with a of the channel and the others of the group.
struct Pull {
  double level, slope;
};

// of_g, of_gx: sums of g scale and of g scale (x - mean) over a group of `count` entries.
inline Pull pull_of(double of_g, double of_gx, double factor, double count) {
  return {factor * of_g / count, factor * factor * factor * of_gx / count};
}

template <typename T, int W>
void planes_of(const GroupNormShape& shape, const T* x, const T* scale, const T* shift, T* y,
               T* mean_out, T* factor_out) {
  const int64_t run = shape.channels / shape.groups, count = run * shape.inner;
  const Span<T, W> plane(shape.inner);
  for (int64_t group = 0; group < shape.groups; ++group) {
    const T* from = x + group * count;
    const T mean =
        static_cast<T>(long_sum<T, W>(count, [&](int64_t i) { return load<T, W>(from + i); }) /
                       static_cast<double>(count));
    const double squares = long_sum<T, W>(count, [&](int64_t i) {
      const auto distance = load<T, W>(from + i) - mean;
      return distance * distance;
    });
    const double factor = 1 / std::sqrt(squares / static_cast<double>(count) + shape.eps);
    for (int64_t c = group * run; c < (group + 1) * run; ++c) {
      const T* in = x + c * shape.inner;
      T* to = y + c * shape.inner;
      const T by = static_cast<T>(factor) * scale[c], add = shift[c];
      plane.each([&](int64_t i) { store(to + i, (load<T, W>(in + i) - mean) * by + add); });
    }
    mean_out[group] = mean;
    factor_out[group] = static_cast<T>(factor);
  }
}

template <typename T, int W>
void planes_backward_of(const GroupNormShape& shape, const T* x, const T* g, const T* scale,
                        const T* means, const T* factors, T* dx, double* dscale, double* dshift) {
  const int64_t run = shape.channels / shape.groups, inner = shape.inner;
  const Span<T, W> plane(inner);
  for (int64_t group = 0; group < shape.groups; ++group) {
    const T mean = means[group];
    const double factor = static_cast<double>(factors[group]);
    double of_g = 0, of_gx = 0;
    for (int64_t c = group * run; c < (group + 1) * run; ++c) {
      const T *in = x + c * inner, *gradient = g + c * inner;
      const double sum = long_sum<T, W>(inner, [&](int64_t i) { return load<T, W>(gradient + i); });
      const double product = long_sum<T, W>(
          inner, [&](int64_t i) { return load<T, W>(gradient + i) * (load<T, W>(in + i) - mean); });
      of_g += sum * static_cast<double>(scale[c]);
      of_gx += product * static_cast<double>(scale[c]);
      dshift[c] += sum;
      dscale[c] += product * factor;
    }
    const Pull pull = pull_of(of_g, of_gx, factor, static_cast<double>(run * inner));
    const T level = static_cast<T>(pull.level), slope = static_cast<T>(pull.slope);
    for (int64_t c = group * run; c < (group + 1) * run; ++c) {
      const T *in = x + c * inner, *gradient = g + c * inner;
      T* to = dx + c * inner;
      const T a = static_cast<T>(factor) * scale[c];
      plane.each([&](int64_t i) {
        store(to + i, load<T, W>(gradient + i) * a - level - (load<T, W>(in + i) - mean) * slope);
      });
    }
  }
}

template <typename T>
void planes(const GroupNormShape& shape, const T* x, const T* scale, const T* shift, T* y, T* mean,
            T* factor) {
  with_width<T>(shape.inner, [&](auto width) {
    planes_of<T, decltype(width)::value>(shape, x, scale, shift, y, mean, factor);
  });
}

template <typename T>
void planes_backward(const GroupNormShape& shape, const T* x, const T* g, const T* scale,
                     const T* mean, const T* factor, T* dx, double* dscale, double* dshift) {
  with_width<T>(shape.inner, [&](auto width) {
    planes_backward_of<T, decltype(width)::value>(shape, x, g, scale, mean, factor, dx, dscale,
                                                  dshift);
  });
}

}  // namespace
}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
