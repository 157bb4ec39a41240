// Group normalisation of images with the channels of a pixel next to each other.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "norm_planes_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

// Values of the groups as values of their channels.
template <typename T>
void spread(const GroupNormShape& shape, const T* of_groups, T* to) {
  const int64_t run = shape.channels / shape.groups;
  for (int64_t c = 0; c < shape.channels; ++c) to[c] = of_groups[c / run];
}

// sums[c] += the sum over the pixels of term(entry of the pixel, channel); few pixels in T, all
// else in double. `few`: as many entries of the caller's.
template <typename T, int W, typename F>
MODHOST_INLINE void pixel_sums(const GroupNormShape& shape, double* sums, T* few, const F& term) {
  constexpr int64_t kPixels = 64;
  const Span<T, W> span(shape.channels);
  for (int64_t first = 0; first < shape.inner; first += kPixels) {
    std::fill(few, few + shape.channels, T(0));
    const int64_t last = std::min(first + kPixels, shape.inner);
    for (int64_t pixel = first; pixel < last; ++pixel) {
      span.add(few, [&](int64_t c) { return term(pixel * shape.channels + c, c); });
    }
    for (int64_t c = 0; c < shape.channels; ++c) sums[c] += static_cast<double>(few[c]);
  }
}

template <typename T, int W>
void pixels_of(const GroupNormShape& shape, const T* x, const T* scale, const T* shift, T* y,
               T* mean_out, T* factor_out) {
  const int64_t channels = shape.channels, run = channels / shape.groups;
  const double count = static_cast<double>(run * shape.inner);
  const Span<T, W> span(channels);
  std::vector<double> sums(static_cast<size_t>(channels), 0);
  std::vector<T> few(sums.size()), mean(sums.size()), by(sums.size());
  const auto of_group = [&](int64_t group) {
    double sum = 0;
    for (int64_t c = group * run; c < (group + 1) * run; ++c) sum += sums[c];
    return sum / count;
  };
  pixel_sums<T, W>(shape, sums.data(), few.data(),
                   [&](int64_t at, int64_t) { return load<T, W>(x + at); });
  for (int64_t group = 0; group < shape.groups; ++group) {
    mean_out[group] = static_cast<T>(of_group(group));
  }
  spread(shape, mean_out, mean.data());
  std::fill(sums.begin(), sums.end(), 0);
  pixel_sums<T, W>(shape, sums.data(), few.data(), [&](int64_t at, int64_t c) {
    const auto distance = load<T, W>(x + at) - load<T, W>(mean.data() + c);
    return distance * distance;
  });
  for (int64_t group = 0; group < shape.groups; ++group) {
    factor_out[group] = static_cast<T>(1 / std::sqrt(of_group(group) + shape.eps));
  }
  spread(shape, factor_out, by.data());
  for (int64_t c = 0; c < channels; ++c) by[c] *= scale[c];
  for (int64_t pixel = 0; pixel < shape.inner; ++pixel) {
    const T* from = x + pixel * channels;
    T* to = y + pixel * channels;
    span.each([&](int64_t c) {
      store(to + c,
            (load<T, W>(from + c) - load<T, W>(mean.data() + c)) * load<T, W>(by.data() + c) +
                load<T, W>(shift + c));
    });
  }
}

template <typename T, int W>
void pixels_backward_of(const GroupNormShape& shape, const T* x, const T* g, const T* scale,
                        const T* means, const T* factors, T* dx, double* dscale, double* dshift) {
  const int64_t channels = shape.channels, run = channels / shape.groups;
  const Span<T, W> span(channels);
  std::vector<double> sums(static_cast<size_t>(channels), 0), products(sums.size(), 0);
  std::vector<T> few(sums.size()), mean(sums.size()), by(sums.size()), level(sums.size()),
      slope(sums.size());
  spread(shape, means, mean.data());
  pixel_sums<T, W>(shape, sums.data(), few.data(),
                   [&](int64_t at, int64_t) { return load<T, W>(g + at); });
  pixel_sums<T, W>(shape, products.data(), few.data(), [&](int64_t at, int64_t c) {
    return load<T, W>(g + at) * (load<T, W>(x + at) - load<T, W>(mean.data() + c));
  });
  for (int64_t group = 0; group < shape.groups; ++group) {
    const double factor = static_cast<double>(factors[group]);
    double of_g = 0, of_gx = 0;
    for (int64_t c = group * run; c < (group + 1) * run; ++c) {
      of_g += sums[c] * static_cast<double>(scale[c]);
      of_gx += products[c] * static_cast<double>(scale[c]);
      dshift[c] += sums[c];
      dscale[c] += products[c] * factor;
    }
    const Pull pull = pull_of(of_g, of_gx, factor, static_cast<double>(run * shape.inner));
    for (int64_t c = group * run; c < (group + 1) * run; ++c) {
      by[c] = static_cast<T>(factor) * scale[c];
      level[c] = static_cast<T>(pull.level);
      slope[c] = static_cast<T>(pull.slope);
    }
  }
  for (int64_t at = 0; at < shape.inner * channels; at += channels) {
    span.each([&](int64_t c) {
      const auto distance = load<T, W>(x + at + c) - load<T, W>(mean.data() + c);
      store(dx + at + c, load<T, W>(g + at + c) * load<T, W>(by.data() + c) -
                             load<T, W>(level.data() + c) -
                             distance * load<T, W>(slope.data() + c));
    });
  }
}

template <typename T>
void pixels(const GroupNormShape& shape, const T* x, const T* scale, const T* shift, T* y, T* mean,
            T* factor) {
  with_width<T>(shape.channels, [&](auto width) {
    pixels_of<T, decltype(width)::value>(shape, x, scale, shift, y, mean, factor);
  });
}

template <typename T>
void pixels_backward(const GroupNormShape& shape, const T* x, const T* g, const T* scale,
                     const T* mean, const T* factor, T* dx, double* dscale, double* dshift) {
  with_width<T>(shape.channels, [&](auto width) {
    pixels_backward_of<T, decltype(width)::value>(shape, x, g, scale, mean, factor, dx, dscale,
                                                  dshift);
  });
}

}  // namespace
}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
