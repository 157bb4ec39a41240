// k-means against all partitions of tiny sets, and scores of partitions against hand numbers and
// scikit-learn.
#include "modhost/clustering.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <set>

#include "modhost/error.h"
#include "modhost/random.h"

using namespace modhost;

namespace {

PointsView view(const std::vector<double>& points, int64_t dimensions) {
  return {points.data(), static_cast<int64_t>(points.size()) / dimensions, dimensions};
}

std::vector<double> random_points(int64_t count, int64_t dimensions, uint64_t seed) {
  RandomStream random(seed);
  std::vector<double> out;
  for (int64_t i = 0; i < count * dimensions; ++i) out.push_back(random.normal());
  return out;
}

double inertia_of(const PointsView& points, const std::vector<int64_t>& labels, int64_t clusters) {
  double out = 0;
  for (int64_t k = 0; k < clusters; ++k) {
    for (int64_t d = 0; d < points.dimensions; ++d) {
      double sum = 0, squares = 0, count = 0;
      for (int64_t i = 0; i < points.count; ++i) {
        if (labels[i] != k) continue;
        const double value = points.values[i * points.dimensions + d];
        sum += value;
        squares += value * value;
        ++count;
      }
      if (count > 0) out += squares - sum * sum / count;
    }
  }
  return out;
}

// Over all ways to label the points.
double least_inertia(const PointsView& points, int64_t clusters) {
  std::vector<int64_t> labels(static_cast<size_t>(points.count), 0);
  double least = std::numeric_limits<double>::infinity();
  for (;;) {
    least = std::min(least, inertia_of(points, labels, clusters));
    size_t at = 0;
    while (at < labels.size() && ++labels[at] == clusters) labels[at++] = 0;
    if (at == labels.size()) return least;
  }
}

KMeansOptions of(int64_t clusters, int64_t restarts = 25, uint64_t seed = 0) {
  KMeansOptions out;
  out.clusters = clusters;
  out.restarts = restarts;
  out.seed = seed;
  return out;
}

const UnitLabels kA{0, 0, 0, 1, 1, 1, 2, 2, 2, 2};
const UnitLabels kB{0, 0, 1, 1, 1, 2, 2, 2, 0, 2};

}  // namespace

TEST_CASE("k-means finds the best of all partitions of tiny sets", "[clustering]") {
  for (uint64_t seed = 0; seed < 6; ++seed) {
    for (const int64_t clusters : {2, 3}) {
      const int64_t count = 9, dimensions = 1 + static_cast<int64_t>(seed);
      const std::vector<double> points = random_points(count, dimensions, seed);
      const KMeans found = k_means(view(points, dimensions), of(clusters, 100, seed));
      CHECK(found.inertia ==
            Approx(least_inertia(view(points, dimensions), clusters)).epsilon(1e-12));
      CHECK(found.inertia ==
            Approx(inertia_of(view(points, dimensions), found.labels, clusters)).epsilon(1e-12));
    }
  }
}

TEST_CASE("k-means ends where no point and no center moves", "[clustering]") {
  for (const int64_t dimensions : {2, 5, 13}) {
    const int64_t count = 203, clusters = 11;
    const std::vector<double> points = random_points(count, dimensions, 7);
    const KMeans found = k_means(view(points, dimensions), of(clusters, 3));
    std::vector<double> means(found.centers.size(), 0), counts(clusters, 0);
    for (int64_t i = 0; i < count; ++i) {
      const auto distance = [&](int64_t k) {
        double out = 0;
        for (int64_t d = 0; d < dimensions; ++d) {
          const double away = points[i * dimensions + d] - found.centers[k * dimensions + d];
          out += away * away;
        }
        return out;
      };
      for (int64_t k = 0; k < clusters; ++k) {
        CHECK(distance(found.labels[i]) <= distance(k) * (1 + 1e-12));
      }
      ++counts[found.labels[i]];
      for (int64_t d = 0; d < dimensions; ++d) {
        means[found.labels[i] * dimensions + d] += points[i * dimensions + d];
      }
    }
    for (int64_t k = 0; k < clusters; ++k) {
      REQUIRE(counts[k] > 0);
      for (int64_t d = 0; d < dimensions; ++d) {
        CHECK(found.centers[k * dimensions + d] ==
              Approx(means[k * dimensions + d] / counts[k]).margin(1e-12));
      }
    }
  }
}

TEST_CASE("k-means bears equal points, one cluster and a cluster for each point", "[clustering]") {
  const std::vector<double> equal(20, 3.0);
  const KMeans one = k_means(view(equal, 2), of(4));
  CHECK(one.inertia == 0);
  CHECK(one.centers.size() == 8);
  const std::vector<double> two{0, 0, 0, 0, 0, 5, 5};
  const KMeans found = k_means(view(two, 1), of(3));
  CHECK(found.inertia == 0);
  CHECK(found.labels[0] == found.labels[4]);
  CHECK(found.labels[0] != found.labels[5]);
  const std::vector<double> points = random_points(17, 3, 1);
  const KMeans each = k_means(view(points, 3), of(17));
  CHECK(each.inertia == Approx(0).margin(1e-20));
  CHECK(std::set<int64_t>(each.labels.begin(), each.labels.end()).size() == 17);
  CHECK(k_means(view(points, 3), of(1)).inertia ==
        Approx(inertia_of(view(points, 3), std::vector<int64_t>(17, 0), 1)));
}

TEST_CASE("k-means gives the same bits for the same seed, and refuses nonsense", "[clustering]") {
  std::vector<double> points = random_points(150, 4, 2);
  const KMeans first = k_means(view(points, 4), of(6, 10, 5));
  const KMeans second = k_means(view(points, 4), of(6, 10, 5));
  CHECK(first.labels == second.labels);
  CHECK(first.centers == second.centers);
  CHECK(first.inertia == second.inertia);
  CHECK_THROWS_AS(k_means(view(points, 4), of(0)), Error);
  CHECK_THROWS_AS(k_means(view(points, 4), of(151)), Error);
  CHECK_THROWS_AS(k_means(view(points, 4), of(2, 0)), Error);
  points[77] = std::nan("");
  CHECK_THROWS_AS(k_means(view(points, 4), of(2)), Error);
}

TEST_CASE("mutual information is that of hand and of scikit-learn", "[clustering]") {
  CHECK(normalized_mutual_information({0, 0, 1, 1}, {5, 5, 3, 3}) == Approx(1));
  CHECK(normalized_mutual_information({0, 0, 1, 1}, {0, 1, 0, 1}) == Approx(0).margin(1e-15));
  // a: halves; b: one apart. I = 3/4 ln(4/3) + ... by the definition:
  const double shared = 0.5 * std::log(0.5 / (0.5 * 0.75)) + 0.25 * std::log(0.25 / (0.5 * 0.75)) +
                        0.25 * std::log(0.25 / (0.5 * 0.25));
  const double a = std::log(2), b = -0.75 * std::log(0.75) - 0.25 * std::log(0.25);
  const UnitLabels x{0, 0, 1, 1}, y{0, 0, 0, 1};
  CHECK(normalized_mutual_information(x, y) == Approx(shared / ((a + b) / 2)));
  CHECK(normalized_mutual_information(x, y, EntropyMean::geometric) ==
        Approx(shared / std::sqrt(a * b)));
  CHECK(normalized_mutual_information(x, y, EntropyMean::max) == Approx(shared / a));
  CHECK(normalized_mutual_information(x, y, EntropyMean::min) == Approx(shared / b));
  CHECK(normalized_mutual_information({0, 0}, {1, 1}) == 1);
  CHECK(normalized_mutual_information({0, 0, 0}, {0, 1, 2}) == 0);
  // scikit-learn 1.2.1 on kA and kB
  CHECK(normalized_mutual_information(kA, kB, EntropyMean::arithmetic) ==
        Approx(0.44270128334605013));
  CHECK(normalized_mutual_information(kA, kB, EntropyMean::geometric) ==
        Approx(0.44270128334605013));
  CHECK(normalized_mutual_information(kA, kB, EntropyMean::max) == Approx(0.44270128334605013));
  CHECK(normalized_mutual_information(kA, kB, EntropyMean::min) == Approx(0.44270128334605013));
}

TEST_CASE("the adjusted Rand index is that of scikit-learn", "[clustering]") {
  CHECK(adjusted_rand_index({0, 0, 1, 1}, {1, 1, 0, 0}) == 1);
  CHECK(adjusted_rand_index({0, 0, 0, 0}, {0, 1, 2, 3}) == 0);
  CHECK(adjusted_rand_index({0, 1, 2}, {0, 1, 2}) == 1);
  CHECK(adjusted_rand_index(kA, kB) == Approx(0.20454545454545456));  // scikit-learn 1.2.1
}

TEST_CASE("units without a cluster do not count to scores", "[clustering]") {
  UnitLabels a = kA, b = kB;
  a.insert(a.begin(), {kNoCluster, 4});
  b.insert(b.begin(), {3, kNoCluster});
  CHECK(normalized_mutual_information(a, b) == normalized_mutual_information(kA, kB));
  CHECK(adjusted_rand_index(a, b) == adjusted_rand_index(kA, kB));
  CHECK_THROWS_AS(adjusted_rand_index(a, kB), Error);
  CHECK(label_entropy({0, 0, 1, 1, kNoCluster}) == Approx(std::log(2)));
  CHECK(label_entropy({7, 7, 7, 1}) == Approx(-0.75 * std::log(0.75) - 0.25 * std::log(0.25)));
  CHECK(label_entropy({}) == 0);
}
