// The classes that units go with, by hand; and NMI beside permutations of labels.
#include "selectivity.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "agreement.h"

using namespace modhost;
using namespace modhost_spectral;

TEST_CASE("a unit's classes are those that its values correlate with most", "[selectivity]") {
  const Tensor classes = torch::tensor({0, 0, 1, 1, 2, 2});
  const Tensor values = torch::tensor({{1.0, 0.0, 3.0, 5.0},
                                       {1.0, 0.0, 3.0, 5.0},
                                       {0.0, 4.0, 3.0, 5.0},
                                       {0.0, 4.0, 3.0, 5.0},
                                       {0.0, 3.0, 3.0, 5.0},
                                       {0.0, 3.0, 9.0, 5.0}},
                                      torch::kDouble);
  const std::vector<Selectivity> found = selectivities(values, classes, 3);
  REQUIRE(found.size() == 4);
  // The indicator of class 0 itself; with the others it correlates -(1/3 1/3) / (1/3 2/3) = -1/2.
  CHECK(found[0].best == 0);
  CHECK(found[0].of_best == Approx(1));
  CHECK(found[0].second == 1);  // of equal correlations the first class
  CHECK(found[0].of_second == Approx(0.5));
  // Means 0, 4, 3 of the classes, 7/3 of all; deviations of the means -7/3, 5/3, 2/3:
  // covariance with class c is (deviation c) / 3, variances (49 + 25 + 4) / 27 and 2 / 9.
  const double length = std::sqrt(78.0 / 27 * 2 / 9);
  CHECK(found[1].best == 0);  // by size; the sign does not matter
  CHECK(found[1].of_best == Approx(7.0 / 9 / length));
  CHECK(found[1].second == 1);
  CHECK(found[1].of_second == Approx(5.0 / 9 / length));
  // One sample of class 2 is 5 above the mean, five are 1 below: variance 5, covariance 4 / 6.
  CHECK(found[2].best == 2);
  CHECK(found[2].of_best == Approx(2.0 / 3 / std::sqrt(5.0 * 2 / 9)));
  CHECK(found[3].best == -1);  // constant
  CHECK(found[3].second == -1);
  CHECK(found[3].of_best == 0);
}

TEST_CASE("many units are judged as each alone", "[selectivity]") {
  const Tensor values = torch::randn({40, 300}, torch::kDouble);
  const Tensor classes = torch::randint(4, {40}, torch::kLong);
  const std::vector<Selectivity> all = selectivities(values, classes, 4);
  REQUIRE(all.size() == 300);
  for (const int64_t unit : {0, 127, 128, 299}) {
    const Selectivity one = selectivities(values.narrow(1, unit, 1), classes, 4).front();
    CHECK(one.best == all[static_cast<size_t>(unit)].best);
    CHECK(one.second == all[static_cast<size_t>(unit)].second);
    CHECK(one.of_best == Approx(all[static_cast<size_t>(unit)].of_best).margin(1e-12));
  }
}

TEST_CASE("partitions agree more than permutations of them, or not", "[agreement]") {
  UnitLabels a, b, fixed;
  for (int64_t i = 0; i < 60; ++i) {
    a.push_back(i % 10 == 9 ? kNoCluster : i / 20);
    b.push_back(i < 3 ? 1 : i / 20 + 5);
    fixed.push_back(i % 2);
  }
  const NullComparison close = chance_agreement(a, b, 1);
  CHECK(close.draws == 100);
  CHECK(close.p_above_tied == Approx(1.0 / 101));
  CHECK(chance_agreement(a, fixed, 1).p_above_tied > 0.05);
  CHECK(chance_agreement(a, b, 1).mean == close.mean);
  // Of one cluster every permutation is the same: no evidence.
  CHECK(chance_agreement(a, UnitLabels(60, 0), 1).p_above_tied == 1);
}

TEST_CASE("labels of some layers are found by the names of the layers", "[agreement]") {
  UnitGraph whole;
  whole.groups = {{"input", 2}, {"a", 3}, {"b", 1}};
  const UnitLabels labels = {0, 1, 2, 3, 4, 5};
  CHECK(labels_of({{"b", 1}, {"a", 3}, {"new", 2}}, whole, labels) ==
        UnitLabels{5, 2, 3, 4, kNoCluster, kNoCluster});
}
