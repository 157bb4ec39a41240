#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "cluster_kernels.h"
#include "modhost/clustering.h"
#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace {

using detail::PointPlanes;

void check_input(const PointsView& points, const KMeansOptions& options) {
  check(options.clusters >= 1 && options.clusters <= points.count, ErrorCode::config,
        "k-means was asked for " + std::to_string(options.clusters) + " clusters of " +
            std::to_string(points.count) + " points; it needs 1 to as many as points");
  check(options.restarts >= 1 && options.iterations >= 1, ErrorCode::config,
        "k-means was asked for " + std::to_string(options.restarts) + " restarts of " +
            std::to_string(options.iterations) + " steps; it needs 1 or more of each");
  const double* end = points.values + points.count * points.dimensions;
  const bool finite =
      std::all_of(points.values, end, [](double value) { return std::isfinite(value); });
  check(finite, ErrorCode::data, "the points of k-means have values that are not finite");
}

// Only the dimensions in which points differ.
struct Planes {
  std::vector<int64_t> dimensions;
  std::vector<double> values;
  PointPlanes view;

  explicit Planes(const PointsView& points) {
    const int64_t stride = detail::padded(points.count);
    for (int64_t d = 0; d < points.dimensions; ++d) {
      std::vector<double> plane(static_cast<size_t>(stride), points.values[d]);
      bool differ = false;
      for (int64_t i = 0; i < points.count; ++i) {
        plane[i] = points.values[i * points.dimensions + d];
        differ = differ || plane[i] != plane[0];
      }
      if (!differ) continue;
      dimensions.push_back(d);
      values.insert(values.end(), plane.begin(), plane.end());
    }
    view = {values.data(), points.count, static_cast<int64_t>(dimensions.size()), stride};
  }
};

// Position of the first partial sum above `target`, of those that add something.
int64_t draw(const std::vector<double>& weights, int64_t count, double target) {
  double sum = 0;
  int64_t last = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (weights[i] <= 0) continue;
    sum += weights[i];
    last = i;
    if (sum > target) break;
  }
  return last;
}

class Restart {
 public:
  Restart(const PointPlanes& points, int64_t clusters)
      : points_(points),
        clusters_(clusters),
        centers_(static_cast<size_t>(clusters * points.dimensions)),
        sums_(static_cast<size_t>(clusters * (points.dimensions + 1))),
        labels_(static_cast<size_t>(points.stride)),
        distances_(static_cast<size_t>(points.stride)) {}

  void run(uint64_t seed, int64_t iterations) {
    choose_centers(seed);
    std::fill(labels_.begin(), labels_.end(), int64_t{-1});
    std::fill(sums_.begin(), sums_.end(), 0.0);
    for (int64_t step = 0; step < iterations; ++step) {
      if (assign() == 0) break;
      move_centers();
    }
    // The labels are those of the centers, whichever came last.
    assign();
    inertia_ = std::accumulate(distances_.begin(), distances_.begin() + points_.count, 0.0);
  }

  double inertia() const { return inertia_; }
  const std::vector<int64_t>& labels() const { return labels_; }
  const std::vector<double>& centers() const { return centers_; }

 private:
  double* center(int64_t cluster) { return centers_.data() + cluster * points_.dimensions; }

  void put_center(int64_t cluster, int64_t point) {
    for (int64_t d = 0; d < points_.dimensions; ++d) {
      center(cluster)[d] = points_.at[d * points_.stride + point];
    }
  }

  void choose_centers(uint64_t seed) {
    const auto& kernels = detail::cluster_kernels();
    RandomStream random(seed);
    const int candidates = 2 + static_cast<int>(std::log(static_cast<double>(clusters_)));
    std::vector<double> far(static_cast<size_t>(points_.stride),
                            std::numeric_limits<double>::infinity());
    std::vector<double> nearest(far), trial(far), best(far);
    put_center(0, static_cast<int64_t>(random.below(static_cast<uint64_t>(points_.count))));
    double total = kernels.approach(points_, center(0), far.data(), nearest.data());
    for (int64_t k = 1; k < clusters_; ++k) {
      double least = std::numeric_limits<double>::infinity();
      int64_t chosen = 0;
      for (int c = 0; c < candidates; ++c) {
        const int64_t point = draw(nearest, points_.count, random.uniform() * total);
        put_center(k, point);
        const double left = kernels.approach(points_, center(k), nearest.data(), trial.data());
        if (left >= least) continue;
        least = left;
        chosen = point;
        best.swap(trial);
      }
      put_center(k, chosen);
      nearest.swap(best);
      total = least;
    }
  }

  int64_t assign() {
    return detail::cluster_kernels().assign(points_, clusters_, centers_.data(), labels_.data(),
                                            distances_.data(), sums_.data());
  }

  double sum_of(int64_t cluster, int64_t dimension) const {
    return sums_[cluster * (points_.dimensions + 1) + dimension];
  }

  void move_centers() {
    bool lost = false;
    for (int64_t k = 0; k < clusters_; ++k) {
      const double count = sum_of(k, points_.dimensions);
      lost = lost || count == 0;
      if (count == 0) continue;
      for (int64_t d = 0; d < points_.dimensions; ++d) center(k)[d] = sum_of(k, d) / count;
    }
    if (lost) fill_empty();
  }

  // Empty clusters take the points that are farthest from their centers, as long as those are not
  // at their centers.
  void fill_empty() {
    for (int64_t k = 0; k < clusters_; ++k) {
      if (sum_of(k, points_.dimensions) != 0) continue;
      const auto farthest =
          std::max_element(distances_.begin(), distances_.begin() + points_.count);
      if (*farthest <= 0) return;
      put_center(k, farthest - distances_.begin());
      *farthest = 0;
    }
  }

  const PointPlanes& points_;
  int64_t clusters_;
  std::vector<double> centers_, sums_;
  std::vector<int64_t> labels_;
  std::vector<double> distances_;
  double inertia_ = 0;
};

// The centers in all dimensions.
std::vector<double> full_centers(const PointsView& points, const Planes& planes,
                                 const std::vector<double>& centers, int64_t clusters) {
  std::vector<double> out(static_cast<size_t>(clusters * points.dimensions));
  const size_t used = planes.dimensions.size();
  for (int64_t k = 0; k < clusters; ++k) {
    std::copy_n(points.values, points.dimensions, out.data() + k * points.dimensions);
    for (size_t d = 0; d < used; ++d) {
      out[k * points.dimensions + planes.dimensions[d]] = centers[k * used + d];
    }
  }
  return out;
}

}  // namespace

KMeans k_means(PointsView points, const KMeansOptions& options) {
  check_input(points, options);
  const Planes planes(points);
  Restart restart(planes.view, options.clusters);
  KMeans out;
  out.inertia = std::numeric_limits<double>::infinity();
  for (int64_t i = 0; i < options.restarts; ++i) {
    restart.run(derive_seed(options.seed, static_cast<uint64_t>(i)), options.iterations);
    if (restart.inertia() >= out.inertia && !out.labels.empty()) continue;
    out.inertia = restart.inertia();
    out.labels.assign(restart.labels().begin(), restart.labels().begin() + points.count);
    out.centers = restart.centers();
  }
  out.centers = full_centers(points, planes, out.centers, options.clusters);
  return out;
}

}  // namespace v1
}  // namespace modhost
