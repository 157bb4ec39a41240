// The inner loops of k-means, eight points at a time.
#pragma once

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "cluster_pack_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int kTogether = 4;  // packs whose registers suffice
#else
constexpr int kTogether = 2;
#endif

// The nearest centers of kPacks packs of points, and the squared distances to them.
template <int kPacks>
struct Nearest {
  PackMask label[kPacks];
  Pack distance[kPacks];
};

// kDimensions: known when compiled, or 0.
template <int kDimensions, int kPacks>
MODHOST_INLINE void squared_distances(const PointPlanes& points, int64_t i, const double* center,
                                      Pack* out) {
  const int64_t dimensions = kDimensions > 0 ? kDimensions : points.dimensions;
  for (int p = 0; p < kPacks; ++p) out[p] = Pack{};
#pragma GCC unroll 4
  for (int64_t d = 0; d < dimensions; ++d) {
    const double* from = points.at + d * points.stride + i;
#pragma GCC unroll 4
    for (int p = 0; p < kPacks; ++p) {
      const Pack away = load(from + p * kPack) - center[d];
      out[p] += away * away;
    }
  }
}

template <int kDimensions, int kPacks>
MODHOST_INLINE Nearest<kPacks> nearest(const PointPlanes& points, int64_t i, int64_t clusters,
                                       const double* centers) {
  const int64_t dimensions = kDimensions > 0 ? kDimensions : points.dimensions;
  Nearest<kPacks> out;
  for (int p = 0; p < kPacks; ++p) out.label[p] = PackMask{};
  squared_distances<kDimensions, kPacks>(points, i, centers, out.distance);
  for (int64_t k = 1; k < clusters; ++k) {
    Pack other[kPacks];
    squared_distances<kDimensions, kPacks>(points, i, centers + k * dimensions, other);
#pragma GCC unroll 4
    for (int p = 0; p < kPacks; ++p) {
      const PackMask nearer = other[p] < out.distance[p];
      out.distance[p] = nearer ? other[p] : out.distance[p];
      out.label[p] = nearer ? PackMask{} + k : out.label[p];
    }
  }
  return out;
}

// A bit for each lane in which they differ.
MODHOST_INLINE unsigned differing(PackMask a, PackMask b) {
#if defined(__AVX512F__)
  return _mm512_cmpneq_epi64_mask(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b));
#else
  const PackMask differ = a != b;
  unsigned out = 0;
  for (int p = 0; p < kPack; ++p) out |= differ[p] != 0 ? 1U << p : 0U;
  return out;
#endif
}

// Moves a point from the sums of one cluster to those of another.
inline void move_point(const PointPlanes& points, int64_t i, int64_t from, int64_t to,
                       double* sums) {
  const int64_t row = points.dimensions + 1;
  for (int64_t d = 0; d < points.dimensions; ++d) {
    const double value = points.at[d * points.stride + i];
    sums[to * row + d] += value;
    if (from >= 0) sums[from * row + d] -= value;
  }
  sums[to * row + points.dimensions] += 1;
  if (from >= 0) sums[from * row + points.dimensions] -= 1;
}

template <int kPacks>
MODHOST_INLINE int64_t keep(const PointPlanes& points, int64_t first, Nearest<kPacks> found,
                            int64_t* labels, double* distances, double* sums) {
  int64_t changed = 0;
  for (int p = 0; p < kPacks; ++p) {
    const int64_t i = first + p * kPack;
    if (i + kPack > points.count) {
      const PackMask beyond = lanes() >= points.count - i;
      found.label[p] |= beyond;
      found.distance[p] = beyond ? Pack{} : found.distance[p];
    }
    store(distances + i, found.distance[p]);
    unsigned moved = differing(found.label[p], load<PackMask>(labels + i));
    if (moved == 0) continue;
    int64_t before[kPack];
    std::memcpy(before, labels + i, sizeof before);
    store(labels + i, found.label[p]);
    for (; moved != 0; moved &= moved - 1, ++changed) {
      const int lane = __builtin_ctz(moved);
      move_point(points, i + lane, before[lane], labels[i + lane], sums);
    }
  }
  return changed;
}

template <int kDimensions>
int64_t assign_points(const PointPlanes& points, int64_t clusters, const double* centers,
                      int64_t* labels, double* distances, double* sums) {
  int64_t changed = 0, i = 0;
  for (; i + kTogether * kPack <= points.stride; i += kTogether * kPack) {
    changed += keep(points, i, nearest<kDimensions, kTogether>(points, i, clusters, centers),
                    labels, distances, sums);
  }
  for (; i < points.stride; i += kPack) {
    changed += keep(points, i, nearest<kDimensions, 1>(points, i, clusters, centers), labels,
                    distances, sums);
  }
  return changed;
}

int64_t assign(const PointPlanes& points, int64_t clusters, const double* centers, int64_t* labels,
               double* distances, double* sums) {
  const auto by = points.dimensions == 1   ? assign_points<1>
                  : points.dimensions == 2 ? assign_points<2>
                  : points.dimensions == 3 ? assign_points<3>
                  : points.dimensions == 4 ? assign_points<4>
                                           : assign_points<0>;
  return by(points, clusters, centers, labels, distances, sums);
}

double approach(const PointPlanes& points, const double* center, const double* nearest,
                double* nearer) {
  Pack total{};
  for (int64_t i = 0; i < points.count; i += kPack) {
    Pack away;
    squared_distances<0, 1>(points, i, center, &away);
    const Pack known = load(nearest + i);
    Pack least = away < known ? away : known;
    if (i + kPack > points.count) least = lanes() >= points.count - i ? Pack{} : least;
    store(nearer + i, least);
    total += least;
  }
  return sum(total);
}

}  // namespace
}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
