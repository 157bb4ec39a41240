// Sums and products of pixels whose channels lie next to each other, for batch norm. Neighbouring
// channels stay in registers while the pixels pass by; callers give so few pixels at a time that
// they stay in the first cache.
#pragma once

#include "norm_kernels.h"
#include "norm_span_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

// Calls body(Width<W>, Width<U>, channel) for U vectors of W channels each: as many neighbours at a
// time as registers allow, the last ones perhaps a second time.
template <typename T, typename F>
MODHOST_INLINE void each_columns(int64_t channels, const F& body) {
  constexpr int kTogether = 4;
  with_width<T>(channels, [&](auto width) {
    constexpr int W = decltype(width)::value;
    int64_t c = 0;
    for (; c + kTogether * W <= channels; c += kTogether * W) body(width, Width<kTogether>(), c);
    for (; c + W <= channels; c += W) body(width, Width<1>(), c);
    if (c < channels) body(width, Width<1>(), channels - W);
  });
}

// U vectors of W entries.
template <typename T, int W, int U>
struct Columns {
  Pack<T, W> at[U];

  MODHOST_INLINE explicit Columns(const T* from) {
    for (int u = 0; u < U; ++u) at[u] = load<T, W>(from + u * W);
  }
  MODHOST_INLINE Columns() {
    for (int u = 0; u < U; ++u) at[u] = Pack<T, W>{};
  }
  MODHOST_INLINE void store_to(T* to) const {
    for (int u = 0; u < U; ++u) store(to + u * W, at[u]);
  }
};

template <typename T>
void moments(const PixelRun& run, const T* x, T* mean, T* squares) {
  each_columns<T>(run.channels, [&](auto width, auto together, int64_t first) {
    constexpr int W = decltype(width)::value, U = decltype(together)::value;
    Columns<T, W, U> sum, square;
    const T* from = x + first;
    for (int64_t i = 0; i < run.pixels; ++i, from += run.channels) {
      for (int u = 0; u < U; ++u) sum.at[u] += load<T, W>(from + u * W);
    }
    for (int u = 0; u < U; ++u) sum.at[u] /= static_cast<T>(run.pixels);
    from = x + first;
    for (int64_t i = 0; i < run.pixels; ++i, from += run.channels) {
      for (int u = 0; u < U; ++u) {
        const Pack<T, W> distance = load<T, W>(from + u * W) - sum.at[u];
        square.at[u] += distance * distance;
      }
    }
    sum.store_to(mean + first);
    square.store_to(squares + first);
  });
}

template <typename T>
void products(const PixelRun& run, const T* x, const T* g, const T* center, T* sums, T* products) {
  each_columns<T>(run.channels, [&](auto width, auto together, int64_t first) {
    constexpr int W = decltype(width)::value, U = decltype(together)::value;
    const Columns<T, W, U> middle(center + first);
    Columns<T, W, U> sum, product;
    for (int64_t i = 0, at = first; i < run.pixels; ++i, at += run.channels) {
      for (int u = 0; u < U; ++u) {
        const Pack<T, W> gradient = load<T, W>(g + at + u * W);
        sum.at[u] += gradient;
        product.at[u] += gradient * (load<T, W>(x + at + u * W) - middle.at[u]);
      }
    }
    sum.store_to(sums + first);
    product.store_to(products + first);
  });
}

template <typename T>
void affine(const PixelRun& run, const T* x, const T* center, const T* factor, const T* shift,
            T* y) {
  each_columns<T>(run.channels, [&](auto width, auto together, int64_t first) {
    constexpr int W = decltype(width)::value, U = decltype(together)::value;
    const Columns<T, W, U> middle(center + first), by(factor + first), added(shift + first);
    for (int64_t i = 0, at = first; i < run.pixels; ++i, at += run.channels) {
      for (int u = 0; u < U; ++u) {
        store(y + at + u * W, (load<T, W>(x + at + u * W) - middle.at[u]) * by.at[u] + added.at[u]);
      }
    }
  });
}

template <typename T>
void batch_backward(const PixelRun& run, const T* x, const T* g, const T* center, const T* factor,
                    const T* constant, const T* slope, T weight, T* dx) {
  each_columns<T>(run.channels, [&](auto width, auto together, int64_t first) {
    constexpr int W = decltype(width)::value, U = decltype(together)::value;
    const Columns<T, W, U> middle(center + first), by(factor + first);
    Columns<T, W, U> level(constant + first), pull(slope + first);
    for (int u = 0; u < U; ++u) level.at[u] *= weight, pull.at[u] *= weight;
    for (int64_t i = 0, at = first; i < run.pixels; ++i, at += run.channels) {
      for (int u = 0; u < U; ++u) {
        const Pack<T, W> distance = load<T, W>(x + at + u * W) - middle.at[u];
        store(dx + at + u * W,
              load<T, W>(g + at + u * W) * by.at[u] - level.at[u] - distance * pull.at[u]);
      }
    }
  });
}

}  // namespace
}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
