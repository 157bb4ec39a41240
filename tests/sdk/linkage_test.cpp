// Average linkage against scikit-learn, whose order of ties is a part of the result, and against
// the mean distances of all pairs.
#include <modhost/clustering.h>
#include <modhost/error.h>
#include <modhost/npz.h>
#include <modhost/random.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <set>

#include "partitions.h"

using namespace modhost;

namespace {

using Labels = std::vector<int64_t>;

// Of points in the plane, so that hardly any two are equal.
std::vector<double> random_distances(int64_t count, uint64_t seed) {
  RandomStream random(seed);
  std::vector<double> x, y, out;
  for (int64_t i = 0; i < count; ++i) {
    x.push_back(random.normal());
    y.push_back(random.normal());
  }
  for (size_t i = 0; i < x.size(); ++i) {
    for (size_t j = 0; j < x.size(); ++j) out.push_back(std::hypot(x[i] - x[j], y[i] - y[j]));
  }
  return out;
}

double mean_distance(const std::vector<double>& distances, const Labels& labels, int64_t a,
                     int64_t b) {
  double sum = 0, pairs = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    for (size_t j = 0; j < labels.size(); ++j) {
      if (labels[i] != a || labels[j] != b) continue;
      sum += distances[i * labels.size() + j];
      ++pairs;
    }
  }
  return sum / pairs;
}

// The same labels with the nearest two of their clusters joined.
Labels joined(const std::vector<double>& distances, Labels labels) {
  const std::set<int64_t> clusters(labels.begin(), labels.end());
  double least = std::numeric_limits<double>::infinity();
  std::pair<int64_t, int64_t> best;
  for (const int64_t a : clusters) {
    for (const int64_t b : clusters) {
      if (a >= b || mean_distance(distances, labels, a, b) >= least) continue;
      least = mean_distance(distances, labels, a, b);
      best = {a, b};
    }
  }
  for (int64_t& label : labels) label = label == best.second ? best.first : label;
  return labels;
}

}  // namespace

TEST_CASE("linkage cuts trees as scikit-learn does, ties and numbers included", "[clustering]") {
  const NpzArrays arrays = read_npz(std::string(MODHOST_TEST_DATA) + "/clustering/linkage.npz");
  int matrices = 0;
  for (const auto& [name, array] : arrays) {
    if (arrays.count(name + "_labels") == 0) continue;
    ++matrices;
    const Linkage linkage(array.values<double>());
    const auto expected = arrays.at(name + "_labels").values<int32_t>();
    const int64_t count = array.shape.at(0);
    for (int64_t k = 1; k <= count; ++k) {
      INFO(name << " in " << k << " clusters");
      const Labels theirs(expected.begin() + (k - 1) * count, expected.begin() + k * count);
      const Labels own = linkage.labels(k);
      CHECK(same_partition(own, theirs));
      CHECK(own == theirs);
    }
  }
  CHECK(matrices == 16);
}

TEST_CASE("linkage joins the two clusters of the smallest mean distance", "[clustering]") {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const int64_t count = 5 + 3 * static_cast<int64_t>(seed);
    const std::vector<double> distances = random_distances(count, seed);
    const Linkage linkage(distances);
    Labels slow = linkage.labels(count);
    CHECK(std::set<int64_t>(slow.begin(), slow.end()).size() == static_cast<size_t>(count));
    for (int64_t k = count - 1; k >= 1; --k) {
      slow = joined(distances, slow);
      INFO(count << " points, seed " << seed << ", " << k << " clusters");
      CHECK(same_partition(linkage.labels(k), slow));
    }
  }
}

TEST_CASE("linkage takes one point and none, and the distance above the diagonal", "[clustering]") {
  CHECK(Linkage({0}).labels(1) == Labels{0});
  CHECK_THROWS_AS(Linkage({}).labels(1), Error);
  CHECK_THROWS_AS(Linkage({}).labels(0), Error);
  const Linkage three({7, 1, 5, 9, 7, 6, 9, 9, 7});  // as SciPy does; the diagonal does not count
  CHECK(same_partition(three.labels(2), {0, 0, 1}));
}

TEST_CASE("linkage refuses what is no matrix of distances", "[clustering]") {
  const auto refused = [](const std::vector<double>& distances, ErrorCode code) {
    try {
      Linkage linkage(distances);
    } catch (const Error& error) {
      return error.code() == code;
    }
    return false;
  };
  CHECK(refused({0, 1, 1, 0, 1}, ErrorCode::shape));
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), -1e308}) {
    CHECK(refused({0, bad, bad, 0}, ErrorCode::data));
  }
  const Linkage linkage(random_distances(6, 1));
  for (const int64_t clusters : {-1, 0, 7}) CHECK_THROWS_AS(linkage.labels(clusters), Error);
}
