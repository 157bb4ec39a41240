// The kernels of pool_kernels.h for the instruction set MODHOST_ISA.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "norm_span_impl.h"
#include "pool_kernels.h"

#define MODHOST_STRING_OF(name) #name
#define MODHOST_STRING(name) MODHOST_STRING_OF(name)

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

// Vectors as wide as the registers: choices between the lanes of wider ones are taken one by one.
#if defined(__AVX512F__)
constexpr int kRegister = 64;
#elif defined(__AVX2__)
constexpr int kRegister = 32;
#else
constexpr int kRegister = 16;
#endif

// body(first entry, Width<W>) for the entries [begin, count), each once, in ever narrower vectors.
template <typename T, int W = kRegister / sizeof(T), typename F>
MODHOST_INLINE void each_vector(int64_t begin, int64_t count, const F& body) {
  for (; begin + W <= count; begin += W) body(begin, Width<W>());
  if constexpr (W > 1) {
    if (begin < count) each_vector<T, W / 2>(begin, count, body);
  }
}

template <size_t kBytes>
struct IntegerOf;
template <>
struct IntegerOf<4> {
  using type = int32_t;
};
template <>
struct IntegerOf<8> {
  using type = int64_t;
};
template <typename T>
using Integer = typename IntegerOf<sizeof(T)>::type;

// Those of a window that are no padding: [top, bottom) and [left, right).
struct Taps {
  int64_t top, bottom, left, right;
};
// Calls body(index of the result, where the window would begin in the image, taps) for each window.
template <typename F>
MODHOST_INLINE void each_window(const PoolShape& shape, const F& body) {
  for (int64_t row = 0; row < shape.down.windows; ++row) {
    for (int64_t column = 0; column < shape.across.windows; ++column) {
      const Taps taps{shape.down.first(row), shape.down.last(row), shape.across.first(column),
                      shape.across.last(column)};
      const int64_t corner = shape.down.start(row) * shape.across.size + shape.across.start(column);
      body(row * shape.across.windows + column, corner, taps);
    }
  }
}

// The larger of what is there and what comes, and where it is.
template <typename T, int W>
struct Best {
  using V = Pack<T, W>;
  using I = Pack<Integer<T>, W>;
  V value;
  I at;

  MODHOST_INLINE explicit Best(int64_t first)
      : value(V{} - std::numeric_limits<T>::infinity()), at(I{} + static_cast<Integer<T>>(first)) {}
  MODHOST_INLINE void meet(V other, int64_t position) {
    const I wins = (other > value) | (other != other);
    value = wins ? other : value;
    at = wins ? I{} + static_cast<Integer<T>>(position) : at;
  }
};

template <typename T>
void pixels(const PoolShape& shape, const T* x, T* y, uint8_t* at) {
  const int64_t channels = shape.channels;
  each_window(shape, [&](int64_t pixel, int64_t corner, const Taps& taps) {
    each_vector<T>(0, channels, [&](int64_t c, auto width) {
      constexpr int W = decltype(width)::value;
      Best<T, W> best(taps.top * shape.across.kernel + taps.left);
      for (int64_t down = taps.top; down < taps.bottom; ++down) {
        const T* from = x + (corner + down * shape.across.size) * channels + c;
        const int64_t first = down * shape.across.kernel;
        for (int64_t across = taps.left; across < taps.right; ++across) {
          best.meet(load<T, W>(from + across * channels), first + across);
        }
      }
      store(y + pixel * channels + c, best.value);
      if (at == nullptr) return;
      store(at + pixel * channels + c, __builtin_convertvector(best.at, Pack<uint8_t, W>));
    });
  });
}

template <typename T, bool kTiled>
void pixels_backward_of(const PoolShape& shape, const T* g, const uint8_t* at, T* dx) {
  const int64_t channels = shape.channels;
  each_window(shape, [&](int64_t pixel, int64_t corner, const Taps& taps) {
    each_vector<T>(0, channels, [&](int64_t c, auto width) {
      constexpr int W = decltype(width)::value;
      using V = Pack<T, W>;
      using I = Pack<Integer<T>, W>;
      const V given = load<T, W>(g + pixel * channels + c);
      const I won = __builtin_convertvector((load<uint8_t, W>(at + pixel * channels + c)), I);
      for (int64_t down = taps.top; down < taps.bottom; ++down) {
        T* to = dx + (corner + down * shape.across.size) * channels + c;
        const int64_t first = down * shape.across.kernel;
        for (int64_t across = taps.left; across < taps.right; ++across) {
          const I here = won == I{} + static_cast<Integer<T>>(first + across);
          const V share = here ? given : V{};
          T* entry = to + across * channels;
          store(entry, kTiled ? share : load<T, W>(entry) + share);
        }
      }
    });
  });
}

template <typename T>
void pixels_backward(const PoolShape& shape, const T* g, const uint8_t* at, T* dx) {
  if (shape.down.tiled() && shape.across.tiled()) {
    pixels_backward_of<T, true>(shape, g, at, dx);
  } else {
    std::fill(dx, dx + shape.down.size * shape.across.size * shape.channels, T(0));
    pixels_backward_of<T, false>(shape, g, at, dx);
  }
}

// Entries `stride` from each other, as those of W windows next to each other are.
template <typename T, int W>
MODHOST_INLINE Pack<T, W> gather(const T* from, int64_t stride) {
  if (stride == 1) return load<T, W>(from);
  Pack<T, W> out;
  for (int lane = 0; lane < W; ++lane) out[lane] = from[lane * stride];
  return out;
}

// The windows [first, first + W) of a row of windows, of whose taps none is padding, or only one.
template <typename T, int W>
MODHOST_INLINE void plane_windows(const PoolShape& shape, const T* x, int64_t row, int64_t first,
                                  T* y, uint8_t* at) {
  const PoolLine &down = shape.down, &across = shape.across;
  const int64_t left = across.first(first), right = across.last(first + W - 1);
  const T* from = x + down.start(row) * across.size + across.start(first);
  Best<T, W> best(down.first(row) * across.kernel + left);
  for (int64_t tap = down.first(row); tap < down.last(row); ++tap) {
    for (int64_t i = left; i < right; ++i) {
      best.meet(gather<T, W>(from + tap * across.size + i, across.stride), tap * across.kernel + i);
    }
  }
  store(y + row * across.windows + first, best.value);
  if (at == nullptr) return;
  store(at + row * across.windows + first, __builtin_convertvector(best.at, Pack<uint8_t, W>));
}

template <typename T>
void plane(const PoolShape& shape, const T* x, T* y, uint8_t* at) {
  const PoolLine& across = shape.across;
  int64_t begin = 0, end = across.windows;  // the windows without padding
  while (begin < end && across.first(begin) > 0) ++begin;
  while (begin < end && across.last(end - 1) < across.kernel) --end;
  for (int64_t row = 0; row < shape.down.windows; ++row) {
    for (int64_t i = 0; i < begin; ++i) plane_windows<T, 1>(shape, x, row, i, y, at);
    each_vector<T>(begin, end, [&](int64_t i, auto width) {
      plane_windows<T, decltype(width)::value>(shape, x, row, i, y, at);
    });
    for (int64_t i = end; i < across.windows; ++i) plane_windows<T, 1>(shape, x, row, i, y, at);
  }
}

template <typename T>
void plane_backward(const PoolShape& shape, const T* g, const uint8_t* at, T* dx) {
  constexpr int64_t kMostTaps = 256;
  const int64_t width = shape.across.size;
  int64_t offset[kMostTaps], count = 0;
  for (int64_t down = 0; down < shape.down.kernel; ++down) {
    for (int64_t i = 0; i < shape.across.kernel; ++i) offset[count++] = down * width + i;
  }
  std::fill(dx, dx + shape.down.size * width, T(0));
  for (int64_t row = 0; row < shape.down.windows; ++row) {
    for (int64_t i = 0; i < shape.across.windows; ++i) {
      const int64_t corner = shape.down.start(row) * width + shape.across.start(i);
      dx[corner + offset[*at++]] += *g++;
    }
  }
}

}  // namespace

template <typename T>
const PoolKernels<T>& pool_kernels() {
  static constexpr PoolKernels<T> kKernels = {MODHOST_STRING(MODHOST_ISA), pixels<T>,
                                              pixels_backward<T>, plane<T>, plane_backward<T>};
  return kKernels;
}

template const PoolKernels<float>& pool_kernels();
template const PoolKernels<double>& pool_kernels();

}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
