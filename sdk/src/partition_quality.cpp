#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "modhost/clustering.h"
#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

// Labels as 0, 1, ..., and how many points each has.
struct Sizes {
  std::vector<size_t> labels;
  std::vector<double> points;

  size_t clusters() const { return points.size(); }
};

Sizes counted(const std::vector<int64_t>& labels) {
  std::map<int64_t, size_t> numbers;
  Sizes out;
  for (const int64_t label : labels) {
    const auto [found, is_new] = numbers.emplace(label, numbers.size());
    if (is_new) out.points.push_back(0);
    ++out.points[found->second];
    out.labels.push_back(found->second);
  }
  check(out.clusters() >= 2 && out.clusters() < labels.size(), ErrorCode::config,
        "how good " + std::to_string(out.clusters()) + " clusters of " +
            std::to_string(labels.size()) + " points are cannot be told",
        "there must be 2 or more, and fewer than points");
  return out;
}

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Centers {
  Eigen::Map<const Matrix> points;
  Matrix centers;  // [clusters, dimensions]
};

Centers centers_of(PointsView points, const Sizes& sizes) {
  check(points.count == static_cast<int64_t>(sizes.labels.size()), ErrorCode::shape,
        "labels of " + std::to_string(sizes.labels.size()) + " points for " +
            std::to_string(points.count));
  const auto clusters = static_cast<Eigen::Index>(sizes.clusters());
  Centers out{{points.values, points.count, points.dimensions},
              Matrix::Zero(clusters, points.dimensions)};
  for (size_t i = 0; i < sizes.labels.size(); ++i) {
    out.centers.row(static_cast<Eigen::Index>(sizes.labels[i])) +=
        out.points.row(static_cast<Eigen::Index>(i));
  }
  for (Eigen::Index c = 0; c < clusters; ++c) {
    out.centers.row(c) /= sizes.points[static_cast<size_t>(c)];
  }
  return out;
}

}  // namespace

double silhouette(const std::vector<double>& distances, const std::vector<int64_t>& labels) {
  const size_t count = labels.size();
  check(distances.size() == count * count, ErrorCode::shape,
        "labels of " + std::to_string(count) + " points for " + std::to_string(distances.size()) +
            " distances");
  const Sizes sizes = counted(labels);
  double sum = 0;
  for (size_t i = 0; i < count; ++i) {
    std::vector<double> to(sizes.clusters(), 0);
    for (size_t j = 0; j < count; ++j) {
      if (j != i) to[sizes.labels[j]] += distances[i * count + j];
    }
    const size_t own = sizes.labels[i];
    if (sizes.points[own] < 2) continue;
    const double inside = to[own] / (sizes.points[own] - 1);
    double nearest = std::numeric_limits<double>::infinity();
    for (size_t c = 0; c < to.size(); ++c) {
      if (c != own) nearest = std::min(nearest, to[c] / sizes.points[c]);
    }
    const double larger = std::max(inside, nearest);
    sum += larger > 0 ? (nearest - inside) / larger : 0;
  }
  return sum / static_cast<double>(count);
}

double calinski_harabasz(PointsView points, const std::vector<int64_t>& labels) {
  const Sizes sizes = counted(labels);
  const Centers found = centers_of(points, sizes);
  const Eigen::RowVectorXd middle = found.points.colwise().mean();
  double between = 0, within = 0;
  for (size_t c = 0; c < sizes.clusters(); ++c) {
    between +=
        sizes.points[c] * (found.centers.row(static_cast<Eigen::Index>(c)) - middle).squaredNorm();
  }
  for (size_t i = 0; i < labels.size(); ++i) {
    within += (found.points.row(static_cast<Eigen::Index>(i)) -
               found.centers.row(static_cast<Eigen::Index>(sizes.labels[i])))
                  .squaredNorm();
  }
  const auto clusters = static_cast<double>(sizes.clusters());
  const auto count = static_cast<double>(labels.size());
  return within > 0 ? between * (count - clusters) / (within * (clusters - 1)) : 1;
}

double davies_bouldin(PointsView points, const std::vector<int64_t>& labels) {
  const Sizes sizes = counted(labels);
  const Centers found = centers_of(points, sizes);
  std::vector<double> spread(sizes.clusters(), 0);
  for (size_t i = 0; i < labels.size(); ++i) {
    const size_t c = sizes.labels[i];
    spread[c] += (found.points.row(static_cast<Eigen::Index>(i)) -
                  found.centers.row(static_cast<Eigen::Index>(c)))
                     .norm() /
                 sizes.points[c];
  }
  double sum = 0, farthest = 0;
  for (size_t a = 0; a < spread.size(); ++a) {
    double worst = 0;
    for (size_t b = 0; b < spread.size(); ++b) {
      const double apart = (found.centers.row(static_cast<Eigen::Index>(a)) -
                            found.centers.row(static_cast<Eigen::Index>(b)))
                               .norm();
      farthest = std::max(farthest, apart);
      if (a != b && apart > 0) worst = std::max(worst, (spread[a] + spread[b]) / apart);
    }
    sum += worst;
  }
  // Centers that are all the same up to rounding: scikit-learn's numpy.allclose.
  constexpr double kSame = 1e-8;
  return farthest > kSame ? sum / static_cast<double>(spread.size()) : 0;
}

}  // namespace v1
}  // namespace modhost
