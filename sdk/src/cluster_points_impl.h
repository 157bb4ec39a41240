// The inner loops of k-means, eight points at a time.
#pragma once

#include "cluster_pack_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

// kDimensions: known when compiled, or 0.
template <int kDimensions>
MODHOST_INLINE Pack squared_distance(const PointPlanes& points, int64_t i, const double* center) {
  const int64_t dimensions = kDimensions > 0 ? kDimensions : points.dimensions;
  Pack out{};
#pragma GCC unroll 4
  for (int64_t d = 0; d < dimensions; ++d) {
    const Pack away = load(points.at + d * points.stride + i) - center[d];
    out += away * away;
  }
  return out;
}

// Adds what the labels say to the sums, which are kept in eight parts: [clusters, dimensions + 1].
template <int kDimensions>
MODHOST_INLINE void add_points(const PointPlanes& points, int64_t i, int64_t clusters,
                               PackMask label, double* sums) {
  const int64_t dimensions = kDimensions > 0 ? kDimensions : points.dimensions;
  for (int64_t k = 0; k < clusters; ++k) {
    const PackMask mine = label == k;
    double* to = sums + k * (dimensions + 1) * kPack;
#pragma GCC unroll 4
    for (int64_t d = 0; d < dimensions; ++d) {
      const auto value = reinterpret_cast<PackMask>(load(points.at + d * points.stride + i));
      store(to + d * kPack, load(to + d * kPack) + reinterpret_cast<Pack>(value & mine));
    }
    double* counts = to + dimensions * kPack;
    store(counts,
          load(counts) + reinterpret_cast<Pack>(reinterpret_cast<PackMask>(Pack{} + 1.0) & mine));
  }
}

template <int kDimensions>
int64_t assign_points(const PointPlanes& points, int64_t clusters, const double* centers,
                      int64_t* labels, double* distances, double* sums) {
  const int64_t dimensions = kDimensions > 0 ? kDimensions : points.dimensions;
  PackMask changed{};
  for (int64_t i = 0; i < points.count; i += kPack) {
    Pack least = squared_distance<kDimensions>(points, i, centers);
    PackMask label{};
    for (int64_t k = 1; k < clusters; ++k) {
      const Pack other = squared_distance<kDimensions>(points, i, centers + k * dimensions);
      const PackMask nearer = other < least;
      least = nearer ? other : least;
      label = nearer ? PackMask{} + k : label;
    }
    if (i + kPack > points.count) {
      const PackMask beyond = lanes() >= points.count - i;
      label |= beyond;
      least = beyond ? Pack{} : least;
    }
    changed -= label != load<PackMask>(labels + i);
    store(labels + i, label);
    store(distances + i, least);
    add_points<kDimensions>(points, i, clusters, label, sums);
  }
  int64_t out = 0;
  for (int p = 0; p < kPack; ++p) out += changed[p];
  return out;
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
    const Pack away = squared_distance<0>(points, i, center), known = load(nearest + i);
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
