// Rows of a matrix as strips of columns: strip s holds entry (row s*kStrip + r, column i) at
// [i * kStrip + r], so that kernels can run along rows. Missing rows are zeros.
#pragma once

#include <algorithm>
#include <cstdint>

#include "block_product.h"

namespace modhost {
inline namespace v1 {
namespace detail {

constexpr int64_t strips_of(int64_t rows) { return (rows + kStrip - 1) / kStrip; }

// Columns of strip s that a kernel must compute: a multiple of 16.
inline int64_t strip_width(int64_t rows, int64_t strip) {
  return rows - strip * kStrip <= kStrip / 2 ? kStrip / 2 : kStrip;
}

// from: [rows, columns] with row stride `stride`; to: strips_of(rows) * columns * kStrip floats.
inline void pack_strips(const float* from, int64_t rows, int64_t columns, int64_t stride,
                        float* to) {
  for (int64_t strip = 0; strip < strips_of(rows); ++strip, to += columns * kStrip) {
    const int64_t first = strip * kStrip, here = std::min(kStrip, rows - first);
    if (here < kStrip) std::fill(to, to + columns * kStrip, 0.0F);
    constexpr int64_t kAhead = 16;  // columns at a time: their rows stay in the cache
    for (int64_t i = 0; i < columns; i += kAhead) {
      const int64_t last = std::min(columns, i + kAhead);
      for (int64_t r = 0; r < here; ++r) {
        const float* row = from + (first + r) * stride;
        for (int64_t column = i; column < last; ++column) to[column * kStrip + r] = row[column];
      }
    }
  }
}

// The way back.
inline void unpack_strips(const float* from, int64_t rows, int64_t columns, float* to,
                          int64_t stride) {
  for (int64_t strip = 0; strip < strips_of(rows); ++strip, from += columns * kStrip) {
    const int64_t first = strip * kStrip, here = std::min(kStrip, rows - first);
    for (int64_t r = 0; r < here; ++r) {
      float* row = to + (first + r) * stride;
      for (int64_t column = 0; column < columns; ++column) row[column] = from[column * kStrip + r];
    }
  }
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
