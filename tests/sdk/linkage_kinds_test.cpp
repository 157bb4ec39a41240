// Distances of points and the linkages of them, against SciPy and scikit-learn.
#include <modhost/clustering.h>
#include <modhost/npz.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "partitions.h"

using namespace modhost;

namespace {

using Labels = std::vector<int64_t>;

const NpzArrays& arrays() {
  static const NpzArrays found =
      read_npz(std::string(MODHOST_TEST_DATA) + "/clustering/points.npz");
  return found;
}

// Points of the plane, which belong to whoever asked.
struct Points {
  std::vector<double> values;
  int64_t dimensions = 2;

  PointsView view() const {
    return {values.data(), static_cast<int64_t>(values.size()) / dimensions, dimensions};
  }
};

Points points_of(const std::string& name) {
  const NpyArray& found = arrays().at(name);
  return {found.values<double>(), found.shape.at(1)};
}

double largest_gap(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double out = 0;
  for (size_t i = 0; i < a.size(); ++i) out = std::max(out, std::abs(a[i] - b[i]));
  return out;
}

}  // namespace

TEST_CASE("distances of points are those of SciPy and scikit-learn", "[clustering]") {
  const std::string name = GENERATE("blobs", "plane", "sparse");
  const Points points = points_of(name);
  const auto against = [&](PointDistance kind, const std::string& what) {
    return largest_gap(point_distances(points.view(), kind),
                       arrays().at(name + "_" + what).values<double>());
  };
  CHECK(against(PointDistance::cosine, "cosine") < 1e-14);
  CHECK(against(PointDistance::jaccard, "jaccard") < 1e-15);
  CHECK(against(PointDistance::euclidean, "euclidean") < 1e-13);
}

TEST_CASE("points of zeros are far by angle and equal by where they are not zero", "[clustering]") {
  const Points points{{0, 0, 0, 0, 3, 4, -6, -8, 0, 2}};
  // Rows: 0, 0, (3, 4), its opposite, and one that shares the second place.
  const std::vector<double> cosine = point_distances(points.view(), PointDistance::cosine);
  CHECK(largest_gap({cosine.begin(), cosine.begin() + 5}, {0, 1, 1, 1, 1}) == 0);
  CHECK(largest_gap({cosine.begin() + 10, cosine.begin() + 15}, {1, 1, 0, 2, 1 - 4.0 / 5}) < 1e-15);
  const std::vector<double> jaccard = point_distances(points.view(), PointDistance::jaccard);
  CHECK(largest_gap({jaccard.begin(), jaccard.begin() + 5}, {0, 0, 1, 1, 1}) == 0);
  CHECK(largest_gap({jaccard.begin() + 10, jaccard.begin() + 15}, {1, 1, 0, 0, 1 - 1.0 / 2}) == 0);
  const std::vector<double> euclidean = point_distances(points.view(), PointDistance::euclidean);
  CHECK(largest_gap({euclidean.begin() + 10, euclidean.begin() + 15},
                    {5, 5, 0, 15, std::sqrt(9.0 + 4.0)}) < 1e-15);
  CHECK(point_distances(Points{}.view(), PointDistance::cosine).empty());
}

TEST_CASE("each linkage cuts its tree as scikit-learn does", "[clustering]") {
  const std::string name = GENERATE("blobs", "plane", "sparse");
  const auto [kind, word] = GENERATE(table<LinkageKind, std::string>({
      {LinkageKind::average, "average"},
      {LinkageKind::complete, "complete"},
      {LinkageKind::single, "single"},
      {LinkageKind::ward, "ward"},
  }));
  const Linkage linkage(arrays().at(name + "_euclidean").values<double>(), kind);
  const auto expected = arrays().at(name + "_" + word).values<int32_t>();
  const int64_t count = arrays().at(name).shape.at(0);
  for (int64_t k = 1; k <= count; ++k) {
    INFO(name << ", " << word << ", " << k << " clusters");
    const Labels theirs(expected.begin() + (k - 1) * count, expected.begin() + k * count);
    CHECK(same_partition(linkage.labels(k), theirs));
    CHECK(linkage.labels(k) == theirs);
  }
}

TEST_CASE("linkages differ in what they call near", "[clustering]") {
  Points line{{0, 2, 5, 9, 15}, 1};
  const std::vector<double> apart = point_distances(line.view(), PointDistance::euclidean);
  const auto three = [&](LinkageKind kind) { return Linkage(apart, kind).labels(3); };
  // From {0, 2} to 5 it is 3 by the nearest and 5 by the farthest; from 5 to 9 it is 4.
  CHECK(same_partition(three(LinkageKind::single), {0, 0, 0, 1, 2}));
  CHECK(same_partition(three(LinkageKind::complete), {0, 0, 1, 1, 2}));
  // Joining {0, 2}, whose center is 1, to 5 costs 2/3 * 16; 5 to 9 costs 1/2 * 16.
  CHECK(same_partition(three(LinkageKind::ward), {0, 0, 1, 1, 2}));
}
