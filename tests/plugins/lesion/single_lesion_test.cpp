// The table of single lesions, by numbers worked out by hand.
#include "single_lesion.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost_lesion;

namespace {

SingleLesion lesion(double own, const std::vector<double>& random, int64_t units = 20) {
  SingleLesion out{"a", 0, units, 50, {own, {}}, {}};
  for (const double score : random) out.controls.push_back({score, {}});
  return out;
}

const Thresholds kThresholds{0.25, 0.01, 12};  // of four controls
const Score kWhole{0.9, {}};

std::string class_of(double own, const std::vector<double>& random, int64_t units = 20) {
  return judged(lesion(own, random, units), kWhole, false, kThresholds).taxonomy;
}

}  // namespace

TEST_CASE("a lesion beside four random ones", "[lesion]") {
  // Two of the four are lower and one is equal: (2 + 1) / 5, and (3 + 1) / 5.
  const SingleResult found = judged(lesion(0.7, {0.6, 0.5, 0.7, 0.8}), kWhole, false, kThresholds);
  CHECK(found.difference == Approx(-0.2));
  CHECK(found.damage == Approx(0.2));
  CHECK(*found.p == Approx(0.6));
  CHECK(*found.p_tied == Approx(0.8));
  CHECK(*found.mean == Approx(0.65));
  // Squares of the differences: .0025 + .0225 + .0025 + .0225 = .05, over 3.
  CHECK(*found.deviation == Approx(std::sqrt(0.05 / 3)));
  CHECK(*found.z == Approx(0.05 / std::sqrt(0.05 / 3)));
}

TEST_CASE("damage raises a loss", "[lesion]") {
  const Score whole{2.0, {}};
  const SingleResult worst = judged(lesion(5, {3, 4, 2, 2.5}), whole, true, kThresholds);
  CHECK(worst.difference == Approx(3));
  CHECK(worst.damage == Approx(1.5));
  CHECK(*worst.p == Approx(0.2));
  CHECK(worst.taxonomy == "important");
  const SingleResult best = judged(lesion(1.9, {3, 4, 2, 2.5}), whole, true, kThresholds);
  CHECK(*best.p == 1);
  CHECK(best.taxonomy == "prunable");
  const SingleResult from_none = judged(lesion(0.1, {0, 0, 0, 0}), {0, {}}, true, kThresholds);
  CHECK(std::isinf(from_none.damage));
  CHECK(judged(lesion(0, {0, 0, 0, 0}), {0, {}}, true, kThresholds).damage == 0);
}

TEST_CASE("equal controls have no z", "[lesion]") {
  const SingleResult found = judged(lesion(0.8, {0.9, 0.9, 0.9, 0.9}), kWhole, false, kThresholds);
  CHECK(!found.z.has_value());
  CHECK(*found.deviation == 0);
}

TEST_CASE("the first class that fits", "[lesion]") {
  CHECK(class_of(0.5, {0.6, 0.7, 0.8, 0.9}) == "important");
  CHECK(class_of(0.895, {0.6, 0.7, 0.8, 0.85}) == "prunable");
  CHECK(class_of(0.85, {0.6, 0.7, 0.8, 0.81}) == "least_important");
  CHECK(class_of(0.895, {0.9, 0.91, 0.92, 0.93}) == "sig-but-not-diff");
  CHECK(class_of(0.7, {0.6, 0.8, 0.8, 0.8}) == "diff-but-not-sig");
  CHECK(class_of(0.895, {0.6, 0.9, 0.9, 0.9}) == "other");
  // Few units are not judged, whatever they did; and a whole layer is told first of all.
  CHECK(class_of(0.5, {0.6, 0.7, 0.8, 0.9}, 12) == "small");
  CHECK(class_of(0.5, {0.6, 0.7, 0.8, 0.9}, 13) == "important");
  SingleLesion all = lesion(0.1, {});
  all.units = all.live = 5;
  CHECK(judged(all, kWhole, false, kThresholds).taxonomy == "complete");
  CHECK(!judged(all, kWhole, false, kThresholds).p.has_value());
}

TEST_CASE("thresholds are met as the table says", "[lesion]") {
  CHECK(taxonomy(0.25, 0.5, kThresholds) == "diff-but-not-sig");  // p < threshold is strict
  CHECK(taxonomy(0.2, 0.01, kThresholds) == "important");
  CHECK(taxonomy(0.5, 0.01, kThresholds) == "other");
  CHECK(taxonomy(1, 0.01, kThresholds) == "least_important");
}
