#include "batch_norm_pixels.h"

#include <cmath>
#include <vector>

#include "pixel_kernels.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

// Calls write(part, row, at) for every pixel; its channels begin at entry `at`.
template <typename F>
void for_each_pixel(const ChannelLayout& layout, const F& write) {
  for_each_block(row_blocks(layout), [&](int64_t, const RowBlock& block) {
    for (int64_t row = block.first; row < block.last; ++row) {
      for (int64_t i = 0; i < layout.inner; ++i) {
        write(block.part, row, (row * layout.inner + i) * layout.channels);
      }
    }
  });
}

// The channels of one pixel, which no other pointer reaches; without that promise the compiler
// checks for overlap at every pixel.
template <typename T>
using Row = const T* __restrict__;
template <typename T>
using OutRow = T* __restrict__;

template <typename T>
void copy_to(T* to, const std::vector<double>& from) {
  for (size_t i = 0; i < from.size(); ++i) to[i] = static_cast<T>(from[i]);
}

}  // namespace

template <typename T>
void batch_norm_pixels(const ChannelLayout& layout, const T* x, const double* share, const T* scale,
                       const T* shift, double eps, T* y, T* mean, T* variance) {
  const int64_t channels = layout.channels;
  const auto weight = [&](int64_t row) { return share[row]; };
  copy_to(mean, weighted_sums<T, 1>(layout, weight, [&](int64_t, int64_t at, OutRow<T> sums) {
            const Row<T> from = x + at;
            for (int64_t c = 0; c < channels; ++c) sums[c] += from[c];
          }));
  copy_to(variance,
          weighted_sums<T, 1>(layout, weight, [&](int64_t part, int64_t at, OutRow<T> sums) {
            const Row<T> from = x + at, center = mean + part * channels;
            for (int64_t c = 0; c < channels; ++c) {
              const T distance = from[c] - center[c];
              sums[c] += distance * distance;
            }
          }));
  std::vector<T> factors(static_cast<size_t>(layout.parts * channels));
  for (size_t i = 0; i < factors.size(); ++i) {
    factors[i] = static_cast<T>(static_cast<double>(scale[i]) /
                                std::sqrt(static_cast<double>(variance[i]) + eps));
  }
  for_each_pixel(layout, [&](int64_t part, int64_t, int64_t at) {
    const Row<T> from = x + at, center = mean + part * channels;
    const Row<T> factor = factors.data() + part * channels, added = shift + part * channels;
    const OutRow<T> to = y + at;
    for (int64_t c = 0; c < channels; ++c) to[c] = (from[c] - center[c]) * factor[c] + added[c];
  });
}

// dx = scale/deviation (g - share_n (sum g + z sum(g z))), z = (x - mean)/deviation.
template <typename T>
void batch_norm_pixels_backward(const ChannelLayout& layout, const T* x, const T* g,
                                const double* share, const T* scale, const T* mean,
                                const T* variance, double eps, T* dx, T* dscale, T* dshift) {
  const int64_t channels = layout.channels;
  const auto add = [&](int64_t part, int64_t at, OutRow<T> sums) {
    const Row<T> from = x + at, gradient = g + at, center = mean + part * channels;
    const OutRow<T> products = sums + channels;
    for (int64_t c = 0; c < channels; ++c) {
      sums[c] += gradient[c];
      products[c] += gradient[c] * (from[c] - center[c]);
    }
  };
  const std::vector<double> sums = weighted_sums<T, 2>(
      layout, [](int64_t) { return 1.0; }, add);  // [parts, 2, channels]
  // dx = factor g - share (constant + slope (x - mean))
  std::vector<T> factor, constant, slope;
  for (int64_t i = 0; i < layout.parts * channels; ++i) {
    const int64_t part = i / channels, channel = i % channels;
    const double deviation = std::sqrt(static_cast<double>(variance[i]) + eps);
    const double sum_g = sums[part * 2 * channels + channel];
    const double sum_gz = sums[(part * 2 + 1) * channels + channel] / deviation;
    const double whole = static_cast<double>(scale[i]) / deviation;
    dscale[i] = static_cast<T>(sum_gz);
    dshift[i] = static_cast<T>(sum_g);
    factor.push_back(static_cast<T>(whole));
    constant.push_back(static_cast<T>(whole * sum_g));
    slope.push_back(static_cast<T>(whole * sum_gz / deviation));
  }
  for_each_pixel(layout, [&](int64_t part, int64_t row, int64_t at) {
    const int64_t of_part = part * channels;
    const Row<T> from = x + at, gradient = g + at, center = mean + of_part;
    const Row<T> a = factor.data() + of_part, b = constant.data() + of_part;
    const Row<T> d = slope.data() + of_part;
    const OutRow<T> to = dx + at;
    const T weight = static_cast<T>(share[row]);
    for (int64_t c = 0; c < channels; ++c) {
      to[c] = a[c] * gradient[c] - weight * (b[c] + d[c] * (from[c] - center[c]));
    }
  });
}

template <typename T>
void affine_pixels(const ChannelLayout& layout, const T* x, const T* scale, const T* shift, T* y) {
  const int64_t channels = layout.channels;
  for_each_pixel(layout, [&](int64_t part, int64_t, int64_t at) {
    const Row<T> from = x + at, factor = scale + part * channels, added = shift + part * channels;
    const OutRow<T> to = y + at;
    for (int64_t c = 0; c < channels; ++c) to[c] = from[c] * factor[c] + added[c];
  });
}

template <typename T>
void affine_pixels_backward(const ChannelLayout& layout, const T* x, const T* g, const T* scale,
                            T* dx, T* dscale, T* dshift) {
  const int64_t channels = layout.channels;
  const auto add = [&](int64_t, int64_t at, OutRow<T> sums) {
    const Row<T> from = x + at, gradient = g + at;
    const OutRow<T> products = sums + channels;
    for (int64_t c = 0; c < channels; ++c) {
      sums[c] += gradient[c];
      products[c] += gradient[c] * from[c];
    }
  };
  const std::vector<double> sums = weighted_sums<T, 2>(
      layout, [](int64_t) { return 1.0; }, add);  // [parts, 2, channels]
  for (int64_t i = 0; i < layout.parts * channels; ++i) {
    const int64_t part = i / channels, channel = i % channels;
    dshift[i] = static_cast<T>(sums[part * 2 * channels + channel]);
    dscale[i] = static_cast<T>(sums[(part * 2 + 1) * channels + channel]);
  }
  for_each_pixel(layout, [&](int64_t part, int64_t, int64_t at) {
    const Row<T> gradient = g + at, factor = scale + part * channels;
    const OutRow<T> to = dx + at;
    for (int64_t c = 0; c < channels; ++c) to[c] = gradient[c] * factor[c];
  });
}

#define MODHOST_PIXEL_KERNELS(T)                                                                   \
  template void batch_norm_pixels<T>(const ChannelLayout&, const T*, const double*, const T*,      \
                                     const T*, double, T*, T*, T*);                                \
  template void batch_norm_pixels_backward<T>(const ChannelLayout&, const T*, const T*,            \
                                              const double*, const T*, const T*, const T*, double, \
                                              T*, T*, T*);                                         \
  template void affine_pixels<T>(const ChannelLayout&, const T*, const T*, const T*, T*);          \
  template void affine_pixels_backward<T>(const ChannelLayout&, const T*, const T*, const T*, T*,  \
                                          T*, T*);
MODHOST_PIXEL_KERNELS(float)
MODHOST_PIXEL_KERNELS(double)
#undef MODHOST_PIXEL_KERNELS

}  // namespace ops
}  // namespace v1
}  // namespace modhost
