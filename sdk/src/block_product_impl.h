// The one source of the kernels of block_product.h, compiled for each instruction set:
// MODHOST_LANES floats a vector, MODHOST_ROWS x MODHOST_VECTORS accumulators to fill the registers.
#pragma once

#include <cstring>

#include "block_product.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

constexpr int kLanes = MODHOST_LANES;
typedef float F32 __attribute__((vector_size(4 * kLanes)));

inline F32 load(const float* from) {
  F32 out;
  std::memcpy(&out, from, sizeof out);
  return out;
}
inline void store(float* to, F32 value) { std::memcpy(to, &value, sizeof value); }

// kRows rows times kVectors vectors of columns. The pragmas keep the accumulators in registers.
// kAdjacent: a_row is 1, so that one address serves all rows.
template <int kRows, int kVectors, bool kAdjacent>
inline void tile(const BlockProduct& p, int64_t row, int64_t column) {
  F32 sum[kRows][kVectors];
  float* c = p.c + row * p.c_row + column;
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      sum[r][v] = p.add ? load(c + r * p.c_row + v * kLanes) : F32{};
    }
  }
  const float* a[kRows];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) a[r] = p.a + (row + r) * p.a_row;
  const float* b = p.b + column;
  const int64_t step = p.a_inner, end = p.inner * step;
  for (int64_t i = 0; i < end; i += step, b += p.b_row) {
    F32 columns[kVectors];
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) columns[v] = load(b + v * kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const F32 factor = F32{} + (kAdjacent ? a[0][i + r] : a[r][i]);
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) sum[r][v] += factor * columns[v];
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) store(c + r * p.c_row + v * kLanes, sum[r][v]);
  }
}

template <int kVectors, bool kAdjacent>
void strip(const BlockProduct& p, int64_t column) {
  constexpr int kRows = kVectors == 1 ? 12 : MODHOST_ROWS;
  int64_t row = 0;
  for (; row + kRows <= p.m; row += kRows) tile<kRows, kVectors, kAdjacent>(p, row, column);
  for (; row + 4 <= p.m; row += 4) tile<4, kVectors, kAdjacent>(p, row, column);
  for (; row < p.m; ++row) tile<1, kVectors, kAdjacent>(p, row, column);
}

template <bool kAdjacent>
void all_strips(const BlockProduct& p) {
  constexpr int kWide = MODHOST_VECTORS * kLanes;
  int64_t column = 0;
  for (; column + kWide <= p.n; column += kWide) strip<MODHOST_VECTORS, kAdjacent>(p, column);
  for (; column < p.n; column += kLanes) strip<1, kAdjacent>(p, column);
}

void run(const BlockProduct& p) {
  if (p.a_row == 1) return all_strips<true>(p);
  all_strips<false>(p);
}

}  // namespace
}  // namespace MODHOST_ISA

}  // namespace detail
}  // namespace v1
}  // namespace modhost
