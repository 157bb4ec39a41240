// How good a partition is, against scikit-learn and by hand.
#include <modhost/clustering.h>
#include <modhost/error.h>
#include <modhost/npz.h>

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost;

namespace {

using Labels = std::vector<int64_t>;

// The three scores of points.
struct Scores {
  double silhouette, calinski_harabasz, davies_bouldin;
};

Scores scores_of(const std::vector<double>& values, int64_t dimensions, const Labels& labels) {
  const PointsView points{values.data(), static_cast<int64_t>(values.size()) / dimensions,
                          dimensions};
  return {silhouette(point_distances(points, PointDistance::euclidean), labels),
          calinski_harabasz(points, labels), davies_bouldin(points, labels)};
}

ErrorCode refusal(const std::vector<double>& values, const Labels& labels, int which) {
  const PointsView points{values.data(), static_cast<int64_t>(values.size()), 1};
  try {
    if (which == 0) silhouette(point_distances(points, PointDistance::euclidean), labels);
    if (which == 1) calinski_harabasz(points, labels);
    if (which == 2) davies_bouldin(points, labels);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

}  // namespace

TEST_CASE("qualities of partitions are those of scikit-learn", "[clustering]") {
  const NpzArrays arrays = read_npz(std::string(MODHOST_TEST_DATA) + "/clustering/points.npz");
  const std::string name = GENERATE("blobs", "plane", "sparse");
  const auto parts = arrays.at(name + "_parts").values<int32_t>();
  const auto expected = arrays.at(name + "_scores").values<double>();
  const auto values = arrays.at(name).values<double>();
  const int64_t count = arrays.at(name).shape.at(0), dimensions = arrays.at(name).shape.at(1);
  REQUIRE(expected.size() == 5 * 4);
  for (size_t part = 0; part < 5; ++part) {
    INFO(name << ", partition " << part);
    const auto first = parts.begin() + static_cast<int64_t>(part) * count;
    const Labels labels(first, first + count);
    const Scores found = scores_of(values, dimensions, labels);
    CHECK(found.silhouette == Approx(expected[4 * part]).epsilon(1e-11).margin(1e-13));
    CHECK(silhouette(arrays.at(name + "_cosine").values<double>(), labels) ==
          Approx(expected[4 * part + 1]).epsilon(1e-11).margin(1e-13));
    CHECK(found.calinski_harabasz == Approx(expected[4 * part + 2]).epsilon(1e-11));
    // scikit-learn takes distances as differences of squares: of a point that is its own center
    // the root of a rounding error, 1e-8, is left.
    CHECK(found.davies_bouldin == Approx(expected[4 * part + 3]).epsilon(1e-7));
  }
}

TEST_CASE("qualities of a partition by hand", "[clustering]") {
  // On a line: {0, 1}, {4, 6}, and 10 alone; labels may be any numbers.
  const Scores found = scores_of({0, 1, 4, 6, 10}, 1, {7, 7, -2, -2, 30});
  // Own cluster 1, 1, 2, 2; the nearest other one 5, 4, 3.5, 4 (10 is nearer to 6 than {0, 1}).
  const double sum = (1 - 1 / 5.0) + (1 - 1 / 4.0) + (1 - 2 / 3.5) + (1 - 2 / 4.0) + 0;
  CHECK(found.silhouette == Approx(sum / 5));
  // Centers 0.5, 5, 10 around the mean 4.2; squares within 0.25 + 0.25 + 1 + 1.
  const double between = 2 * 3.7 * 3.7 + 2 * 0.8 * 0.8 + 5.8 * 5.8;
  CHECK(found.calinski_harabasz == Approx(between / (3 - 1) / (2.5 / (5 - 3))));
  // Spreads 0.5, 1, 0 over 4.5, 5 and 9.5.
  CHECK(found.davies_bouldin == Approx((1.5 / 4.5 + 1.5 / 4.5 + 1 / 5.0) / 3));
}

TEST_CASE("points that coincide are scored as scikit-learn scores them", "[clustering]") {
  // All equal: (b - a) / max(a, b) of 0 and 0, no variance within, no distance between centers.
  const Scores equal = scores_of({2, 2, 2, 2}, 1, {0, 0, 1, 1});
  CHECK(equal.silhouette == 0);
  CHECK(equal.calinski_harabasz == 1);
  CHECK(equal.davies_bouldin == 0);
  // Two places: perfect clusters.
  const Scores perfect = scores_of({2, 2, 5, 5}, 1, {0, 0, 1, 1});
  CHECK(perfect.silhouette == 1);
  CHECK(perfect.calinski_harabasz == 1);
  CHECK(perfect.davies_bouldin == 0);
  // Centers that are the same but for their rounding, with clusters of some width.
  const Scores inside = scores_of({0.1, 0.2, 0.3, 0, 0.2, 0.4}, 1, {0, 0, 0, 1, 1, 1});
  CHECK(inside.davies_bouldin == 0);
}

TEST_CASE("the diagonal of the distances does not count", "[clustering]") {
  const Labels labels{0, 0, 1, 1};
  const std::vector<double> plain{0, 1, 5, 6, 1, 0, 4, 5, 5, 4, 0, 1, 6, 5, 1, 0};
  std::vector<double> other = plain;
  for (size_t i = 0; i < 4; ++i) other[i * 4 + i] = 9;
  CHECK(silhouette(other, labels) == silhouette(plain, labels));
}

TEST_CASE("one cluster, as many as points, and other lengths are refused", "[clustering]") {
  const int which = GENERATE(0, 1, 2);
  CHECK(refusal({1, 2, 3, 4}, {5, 5, 5, 5}, which) == ErrorCode::config);
  CHECK(refusal({1, 2, 3, 4}, {0, 1, 2, 3}, which) == ErrorCode::config);
  CHECK(refusal({}, {}, which) == ErrorCode::config);
  CHECK(refusal({1, 2, 3}, {0, 0, 1, 1}, which) == ErrorCode::shape);
  CHECK(refusal({1, 2, 3, 4, 5}, {0, 0, 1, 1}, which) == ErrorCode::shape);
}
