#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "modhost/clustering.h"

namespace modhost {
inline namespace v1 {
namespace {

using Row = Eigen::Map<const Eigen::VectorXd>;

double cosine(const Row& a, const Row& b) {
  const double norms = a.norm() * b.norm();
  return norms > 0 ? 1 - std::min(std::max(a.dot(b) / norms, -1.0), 1.0) : 1;
}

double jaccard(const Row& a, const Row& b) {
  const auto in_a = a.array() != 0, in_b = b.array() != 0;
  const auto either = static_cast<double>((in_a || in_b).count());
  return either > 0 ? 1 - static_cast<double>((in_a && in_b).count()) / either : 0;
}

double distance(const Row& a, const Row& b, PointDistance kind) {
  if (kind == PointDistance::cosine) return cosine(a, b);
  if (kind == PointDistance::jaccard) return jaccard(a, b);
  return (a - b).norm();
}

}  // namespace

std::vector<double> point_distances(PointsView points, PointDistance kind) {
  const auto count = static_cast<size_t>(points.count);
  std::vector<double> out(count * count, 0);
  const auto row = [&](size_t i) {
    return Row(points.values + static_cast<int64_t>(i) * points.dimensions, points.dimensions);
  };
  for (size_t i = 0; i < count; ++i) {
    for (size_t j = 0; j < i; ++j) {
      out[i * count + j] = out[j * count + i] = distance(row(i), row(j), kind);
    }
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
