// Other linkages, distances and criteria, against scikit-learn 1.2.1 and SciPy 1.10.1.
#include <modhost/error.h>
#include <modhost/random.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "layer_clusters.h"
#include "modules_options.h"

using namespace modhost;
using namespace modhost_sculpting;

namespace {

// Six units, of which every linkage below has the same clusters in any order of the units.
Features six() {
  const std::vector<std::string> rows = {"110111101", "100101001", "010111101",
                                         "111110101", "001000010", "110000110"};
  Features out(rows.size(), 9);
  for (size_t unit = 0; unit < rows.size(); ++unit) {
    for (size_t i = 0; i < 9; ++i) out.set(unit, i, rows[unit][i] - '0');
  }
  return out;
}

struct Expected {
  PointDistance distance;
  LinkageKind linkage;
  std::vector<double> silhouette, calinski_harabasz, davies_bouldin;  // k = 2 .. 5
};

const std::vector<Expected> kExpected = {{PointDistance::cosine,
                                          LinkageKind::average,
                                          {-0.45436964, -0.3606407, -0.28937168, -0.19267973},
                                          {-2.16666667, -2.61111111, -3.44444444, -5.91666667},
                                          {0.53858303, 0.46085498, 0.38453751, 0.26726246}},
                                         {PointDistance::cosine,
                                          LinkageKind::complete,
                                          {-0.46531197, -0.3606407, -0.28937168, -0.19267973},
                                          {-3.58974359, -2.61111111, -3.44444444, -5.91666667},
                                          {0.96690374, 0.46085498, 0.38453751, 0.26726246}},
                                         {PointDistance::jaccard,
                                          LinkageKind::single,
                                          {-0.35491071, -0.29652778, -0.26475694, -0.17460317},
                                          {-2.16666667, -2.61111111, -3.44444444, -5.91666667},
                                          {0.53858303, 0.46085498, 0.38453751, 0.26726246}},
                                         {PointDistance::euclidean,
                                          LinkageKind::ward,
                                          {-0.29019253, -0.20553214, -0.1527563, -0.11925716},
                                          {-3.58974359, -3.125, -3.44444444, -5.91666667},
                                          {0.96690374, 0.68511601, 0.38453751, 0.26726246}}};

void check_metrics(const Features& features, const LayerRule& rule,
                   const std::vector<double>& expected) {
  const LayerChoice found = clusters_of(features, features.columns(), rule);
  REQUIRE(found.metrics.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(found.metrics[i] == Approx(expected[i]).margin(2e-8));
  }
}

// Random distances, some of which tie.
std::vector<double> random_distances(size_t n, uint64_t seed) {
  RandomStream random(seed);
  std::vector<double> out(n * n, 0);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < i; ++j) {
      out[i * n + j] = out[j * n + i] = std::floor(random.uniform() * 20) / 20;
    }
  }
  return out;
}

std::string refusal(const std::map<std::string, std::string>& settings) {
  OptionTable table;
  for (const auto& [name, value] : settings) table[name] = {value, "command line", true};
  ModulesOptions options;
  try {
    options.assign("method", "modules", table);
  } catch (const Error& error) {
    return error.full();
  }
  return "";
}

}  // namespace

TEST_CASE("criteria of clusters are those of scikit-learn", "[criteria]") {
  const Features features = six();
  for (const Expected& own : kExpected) {
    CAPTURE(static_cast<int>(own.distance), static_cast<int>(own.linkage));
    LayerRule rule;
    rule.linkage = {own.distance, own.linkage};
    rule.criterion = Criterion::silhouette;
    check_metrics(features, rule, own.silhouette);
    rule.criterion = Criterion::calinski_harabasz;
    check_metrics(features, rule, own.calinski_harabasz);
    rule.criterion = Criterion::davies_bouldin;
    check_metrics(features, rule, own.davies_bouldin);
  }
}

TEST_CASE("the lowest value decides where it is believed", "[criteria]") {
  LayerRule rule;
  rule.linkage = {PointDistance::cosine, LinkageKind::complete};
  rule.criterion = Criterion::silhouette;
  const LayerChoice two = clusters_of(six(), 9, rule);  // the best is 2: the test is asked
  CHECK(two.asked);
  rule.criterion = Criterion::calinski_harabasz;
  CHECK(clusters_of(six(), 9, rule).asked);  // the best is units - 1
  // Two pairs and one apart: silhouette is best for three, which nothing doubts.
  Features pairs(7, 6);
  for (size_t unit = 0; unit < 7; ++unit) {
    pairs.set(unit, unit / 3 * 2, 1);
    pairs.set(unit, unit / 3 * 2 + 1, 1);
    if (unit % 3 == 0) pairs.set(unit, (unit / 3 * 2 + 2) % 6, 1);
  }
  rule.criterion = Criterion::silhouette;
  const LayerChoice three = clusters_of(pairs, 6, rule);
  CHECK_FALSE(three.asked);
  CHECK(three.labels == std::vector<int64_t>{0, 0, 0, 1, 1, 1, 2});
}

TEST_CASE("of equally good numbers of clusters the largest is taken", "[criteria]") {
  Features pairs(6, 3);  // three pairs of equal units
  for (size_t unit = 0; unit < 6; ++unit) pairs.set(unit, unit / 2, 1);
  LayerRule rule;
  rule.criterion = Criterion::davies_bouldin;
  const LayerChoice found = clusters_of(pairs, 3, rule);
  REQUIRE(found.metrics.size() == 4);
  CHECK(found.metrics[0] > 0);
  CHECK(found.metrics[1] == 0);  // from three on nothing lies within a cluster
  CHECK(found.metrics[3] == 0);
  CHECK(found.asked);  // all but one: neither one thing nor each its own
  CHECK_FALSE(found.test);
  CHECK(found.clusters == 5);
}

TEST_CASE("the metrics of a whole linkage are those of its partitions", "[criteria]") {
  for (const size_t n : {2, 3, 4, 9, 33}) {
    const std::vector<double> distances = random_distances(n, n);
    const Linkage linkage(distances);
    const std::vector<double> all = modularity_metrics(distances, linkage, n);
    REQUIRE(all.size() == n - 2);
    for (size_t i = 0; i < all.size(); ++i) {
      CHECK(all[i] == modularity_metric(distances, linkage.labels(static_cast<int64_t>(i) + 2)));
    }
  }
  const std::vector<double> zero(25, 0);
  CHECK(modularity_metrics(zero, Linkage(zero), 5) == std::vector<double>{0, 0, 0});
}

TEST_CASE("options that do not fit together are refused", "[criteria]") {
  CHECK(refusal({}).empty());
  CHECK(refusal({{"linkage", "ward"}, {"distance", "euclidean"}}).empty());
  CHECK(refusal({{"linkage", "ward"}}) ==
        "option 'method.linkage': ward is of euclidean distances, and 'method.distance' is cosine; "
        "--method.distance euclidean");
  CHECK(refusal({{"distance", "jaccard"}, {"weighted", "true"}}).find("changes nothing") !=
        std::string::npos);
}
