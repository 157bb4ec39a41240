// The one source of the kernels of block_product.h, compiled for each instruction set:
// MODHOST_LANES floats a vector, MODHOST_ROWS x MODHOST_VECTORS accumulators to fill the registers.
#pragma once

#include <cstring>
#include <type_traits>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

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

// The lanes whose bit is set.
inline F32 kept(F32 value, uint32_t bits) {
#if MODHOST_LANES == 16 && defined(__AVX512F__)
  return reinterpret_cast<F32>(
      _mm512_maskz_mov_ps(static_cast<__mmask16>(bits), reinterpret_cast<__m512>(value)));
#else
  typedef int32_t I32 __attribute__((vector_size(4 * kLanes)));
  I32 lane;
  for (int i = 0; i < kLanes; ++i) lane[i] = 1 << i;
  const I32 set = ((I32{} + static_cast<int32_t>(bits)) & lane) != 0;
  return reinterpret_cast<F32>(reinterpret_cast<I32>(value) & set);
#endif
}

// kRows rows times kVectors vectors of columns. The pragmas keep the accumulators in registers.
// kAdjacent: a_row is 1, so that one address serves all rows.
template <int kRows, int kVectors, bool kAdjacent, bool kMasked>
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
  const uint32_t* bits = p.bits;
  for (int64_t i = 0; i < end; i += step, b += p.b_row) {
    F32 columns[kVectors];
    uint32_t word = 0;
    if (kMasked) {
      word = *bits >> column;
      bits += p.bits_row;
    }
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      columns[v] = load(b + v * kLanes);
      if (kMasked) columns[v] = kept(columns[v], word >> (v * kLanes));
    }
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

// Rows are taken by twelves and eights, so that few are left to the small tiles, which cannot keep
// the arithmetic units busy.
template <int kVectors, bool kAdjacent, bool kMasked>
void strip(const BlockProduct& p, int64_t column) {
  constexpr int kMost = kVectors == 1 ? 12 : MODHOST_ROWS;
  constexpr int kSome = kMost > 8 ? 8 : kMost;
  int64_t row = 0;
  const auto take = [&](auto rows) {
    tile<decltype(rows)::value, kVectors, kAdjacent, kMasked>(p, row, column);
    row += rows;
  };
  while (row < p.m) {
    const int64_t left = p.m - row;
    if (left >= kMost && left != 2 * kSome) {
      take(std::integral_constant<int, kMost>());
    } else if (left >= kSome) {
      take(std::integral_constant<int, kSome>());
    } else if (left >= 4) {
      take(std::integral_constant<int, 4>());
    } else {
      take(std::integral_constant<int, 1>());
    }
  }
}

template <bool kAdjacent, bool kMasked>
void all_strips(const BlockProduct& p) {
  constexpr int kWide = MODHOST_VECTORS * kLanes;
  int64_t column = 0;
  for (; column + kWide <= p.n; column += kWide) {
    strip<MODHOST_VECTORS, kAdjacent, kMasked>(p, column);
  }
  for (; column < p.n; column += kLanes) strip<1, kAdjacent, kMasked>(p, column);
}

void run(const BlockProduct& p) {
  if (p.bits != nullptr) return all_strips<false, true>(p);
  if (p.a_row == 1) return all_strips<true, false>(p);
  all_strips<false, false>(p);
}

}  // namespace
}  // namespace MODHOST_ISA

}  // namespace detail
}  // namespace v1
}  // namespace modhost
