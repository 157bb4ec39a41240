#include "batch_norm_pixels.h"

#include <cmath>
#include <vector>

#include "norm_kernels.h"
#include "pixel_kernels.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

size_t count_of(int64_t entries) { return static_cast<size_t>(entries); }

// Of each channel: the weighted mean of what was added, and the weighted sum of the squared
// distances from it.
struct Moments {
  explicit Moments(int64_t channels)
      : mean(count_of(channels), 0), squares(count_of(channels), 0) {}

  // Others with the moments `means`, `spread`, all of them together of weight `added`, their
  // squares to be multiplied by `each` (Chan, Golub, LeVeque 1979).
  template <typename T>
  void add(double added, double each, const T* means, const T* spread) {
    weight += added;
    const double share = weight > 0 ? added / weight : 0, between = (weight - added) * share;
    double* __restrict__ own = mean.data();
    double* __restrict__ own_squares = squares.data();
    for (size_t c = 0; c < mean.size(); ++c) {
      const double step = static_cast<double>(means[c]) - own[c];
      own[c] += step * share;
      own_squares[c] += each * static_cast<double>(spread[c]) + step * step * between;
    }
  }

  double weight = 0;
  std::vector<double> mean, squares;
};

// The moments of each part.
template <typename T>
std::vector<Moments> moments_of(const ChannelLayout& layout, const T* x, const double* share) {
  const std::vector<RowBlock> blocks = row_blocks(layout);
  std::vector<Moments> of_block(blocks.size(), Moments(layout.channels));
  for_each_block(blocks, [&](int64_t index, const RowBlock& block) {
    std::vector<T> mean(count_of(layout.channels)), squares(mean.size());
    for_each_run(layout, block, share, [&](int64_t pixel, int64_t pixels, double weight) {
      detail::norm_kernels<T>().moments({pixels, layout.channels}, x + pixel * layout.channels,
                                        mean.data(), squares.data());
      of_block[count_of(index)].add(weight * static_cast<double>(pixels), weight, mean.data(),
                                    squares.data());
    });
  });
  std::vector<Moments> out(count_of(layout.parts), Moments(layout.channels));
  for (size_t i = 0; i < blocks.size(); ++i) {
    const Moments& one = of_block[i];
    out[count_of(blocks[i].part)].add(one.weight, 1, one.mean.data(), one.squares.data());
  }
  return out;
}

// [parts, 2, channels]: the sums of g and of g (x - center) over each part; center [parts,
// channels]. Calls then(run, part, at) for the pixels from entry `at` on, while the cache has them.
template <typename T, typename Then>
std::vector<double> sums_of(const ChannelLayout& layout, const T* x, const T* g, const T* center,
                            const Then& then) {
  const std::vector<RowBlock> blocks = row_blocks(layout);
  const int64_t width = 2 * layout.channels;
  std::vector<double> partial(blocks.size() * count_of(width), 0);
  for_each_block(blocks, [&](int64_t index, const RowBlock& block) {
    std::vector<T> few(count_of(width));
    double* sums = partial.data() + index * width;
    for_each_run(layout, block, nullptr, [&](int64_t pixel, int64_t pixels, double) {
      const int64_t at = pixel * layout.channels;
      const detail::PixelRun run{pixels, layout.channels};
      detail::norm_kernels<T>().products(run, x + at, g + at, center + block.part * layout.channels,
                                         few.data(), few.data() + layout.channels);
      for (int64_t i = 0; i < width; ++i) sums[i] += static_cast<double>(few[count_of(i)]);
      then(run, block.part, at);
    });
  });
  std::vector<double> total(count_of(layout.parts * width), 0);
  for (size_t index = 0; index < blocks.size(); ++index) {
    double* sums = total.data() + blocks[index].part * width;
    for (int64_t i = 0; i < width; ++i) sums[i] += partial[index * count_of(width) + count_of(i)];
  }
  return total;
}

// y = (x - center) factor + shift; all [parts, channels].
template <typename T>
void write_affine(const ChannelLayout& layout, const T* x, const T* center, const T* factor,
                  const T* shift, T* y) {
  for_each_block(row_blocks(layout), [&](int64_t, const RowBlock& block) {
    const int64_t of_part = block.part * layout.channels;
    const int64_t at = block.first * layout.inner * layout.channels;
    detail::norm_kernels<T>().affine({(block.last - block.first) * layout.inner, layout.channels},
                                     x + at, center + of_part, factor + of_part, shift + of_part,
                                     y + at);
  });
}

}  // namespace

template <typename T>
void batch_norm_pixels(const ChannelLayout& layout, const T* x, const double* share, const T* scale,
                       const T* shift, double eps, T* y, T* mean, T* variance) {
  const std::vector<Moments> moments = moments_of(layout, x, share);
  std::vector<T> factors;
  for (int64_t i = 0; i < layout.parts * layout.channels; ++i) {
    const Moments& part = moments[count_of(i / layout.channels)];
    const size_t channel = count_of(i % layout.channels);
    mean[i] = static_cast<T>(part.mean[channel]);
    const double square = part.squares[channel] / part.weight;
    variance[i] = static_cast<T>(square);
    factors.push_back(static_cast<T>(static_cast<double>(scale[i]) / std::sqrt(square + eps)));
  }
  write_affine(layout, x, mean, factors.data(), shift, y);
}

// dx = scale/deviation (g - share_n (sum g + z sum(g z))), z = (x - mean)/deviation.
template <typename T>
void batch_norm_pixels_backward(const ChannelLayout& layout, const T* x, const T* g,
                                const double* share, const T* scale, const T* mean,
                                const T* variance, double eps, T* dx, T* dscale, T* dshift) {
  const int64_t channels = layout.channels;
  const std::vector<double> sums =
      sums_of(layout, x, g, mean, [](const detail::PixelRun&, int64_t, int64_t) {});
  // dx = factor g - share (constant + slope (x - mean))
  std::vector<T> factor, constant, slope;
  for (int64_t i = 0; i < layout.parts * channels; ++i) {
    const int64_t part = i / channels, channel = i % channels;
    const double deviation = std::sqrt(static_cast<double>(variance[i]) + eps);
    const double sum_g = sums[count_of(part * 2 * channels + channel)];
    const double sum_gz = sums[count_of((part * 2 + 1) * channels + channel)] / deviation;
    const double whole = static_cast<double>(scale[i]) / deviation;
    dscale[i] = static_cast<T>(sum_gz);
    dshift[i] = static_cast<T>(sum_g);
    factor.push_back(static_cast<T>(whole));
    constant.push_back(static_cast<T>(whole * sum_g));
    slope.push_back(static_cast<T>(whole * sum_gz / deviation));
  }
  for_each_block(row_blocks(layout), [&](int64_t, const RowBlock& block) {
    const int64_t of_part = block.part * channels;
    for_each_run(layout, block, share, [&](int64_t pixel, int64_t pixels, double weight) {
      const int64_t at = pixel * channels;
      detail::norm_kernels<T>().batch_backward(
          {pixels, channels}, x + at, g + at, mean + of_part, factor.data() + of_part,
          constant.data() + of_part, slope.data() + of_part, static_cast<T>(weight), dx + at);
    });
  });
}

template <typename T>
void affine_pixels(const ChannelLayout& layout, const T* x, const T* scale, const T* shift, T* y) {
  const std::vector<T> zero(count_of(layout.parts * layout.channels), T(0));
  write_affine(layout, x, zero.data(), scale, shift, y);
}

template <typename T>
void affine_pixels_backward(const ChannelLayout& layout, const T* x, const T* g, const T* scale,
                            T* dx, T* dscale, T* dshift) {
  const std::vector<T> zero(count_of(layout.parts * layout.channels), T(0));
  if (dscale == nullptr) {
    write_affine(layout, g, zero.data(), scale, zero.data(), dx);
    return;
  }
  const std::vector<double> sums = sums_of(
      layout, x, g, zero.data(), [&](const detail::PixelRun& run, int64_t part, int64_t at) {
        detail::norm_kernels<T>().affine(run, g + at, zero.data(), scale + part * layout.channels,
                                         zero.data(), dx + at);
      });
  for (int64_t i = 0; i < layout.parts * layout.channels; ++i) {
    const int64_t part = i / layout.channels, channel = i % layout.channels;
    dshift[i] = static_cast<T>(sums[count_of(part * 2 * layout.channels + channel)]);
    dscale[i] = static_cast<T>(sums[count_of((part * 2 + 1) * layout.channels + channel)]);
  }
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
