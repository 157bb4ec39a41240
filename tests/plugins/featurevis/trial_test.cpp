// What a sub-cluster beside random sets says, by numbers worked out by hand.
#include "trial.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost;
using namespace modhost_featurevis;

namespace {

Vision vision(double score, std::optional<double> entropy, double dispersion) {
  Vision out;
  out.score = score;
  out.entropy = entropy;
  out.dispersion = dispersion;
  return out;
}

}  // namespace

TEST_CASE("large numbers and small ones are evidence", "[trial]") {
  const Evidence large = large_is_evidence(3, {1, 3, 9});
  CHECK(large.p == Approx(2.0 / 4));
  CHECK(large.p_tied == Approx(3.0 / 4));
  CHECK(large.effect == Approx((0.75 + 0.5 + 0.25) / 3));
  CHECK(large.mended == Approx(large.effect));
  CHECK(*large.factor == Approx(13.0 / 3 / 3));
  const Evidence small = small_is_evidence(3, {1, 3, 9});
  CHECK(small.p == Approx(2.0 / 4));
  CHECK(small.p_tied == Approx(3.0 / 4));
  CHECK(small_is_evidence(0.5, {1, 3, 9}).p == Approx(1.0 / 4));
}

TEST_CASE("nothing over nothing is no effect", "[trial]") {
  const Evidence none = small_is_evidence(0, {0, 0});
  CHECK(none.effect == 0);
  CHECK(none.mended == 0.5);
  CHECK(!none.factor.has_value());
  CHECK(none.p_tied == 1);
  const Evidence negative = large_is_evidence(-1, {1, 2});
  CHECK(std::isfinite(negative.effect));
  CHECK(negative.mended == 0);
}

TEST_CASE("tests of all sub-clusters", "[trial]") {
  Trial one{"a", 0, 20, {1, 2, 3}, vision(5, 0.1, 2), {}, {}, {}};
  one.controls = {vision(4, 0.5, 1), vision(3, 0.6, 3)};
  one.top.entropy = 0.3;
  one.control_tops.resize(2);
  one.control_tops[0].entropy = 0.2;
  one.control_tops[1].entropy = 0.4;
  Trial other = one;
  other.top.entropy.reset();
  const std::vector<Hypothesis> found = hypotheses_of({one, other});
  REQUIRE(found.size() == 4);
  CHECK(found[0].name == "score");
  CHECK(found[0].draws == 2);
  REQUIRE(found[0].evidence.size() == 2);
  CHECK(found[0].evidence[0].p == Approx(1.0 / 3));
  CHECK(found[1].name == "entropy");
  CHECK(found[1].evidence[0].p == Approx(1.0 / 3));
  CHECK(found[2].name == "dispersion");
  CHECK(found[2].evidence[0].p == Approx(2.0 / 3));
  CHECK(found[3].name == "top_entropy");
  CHECK(found[3].evidence.size() == 1);
}

TEST_CASE("real values have no entropy", "[trial]") {
  Trial one{"a", 0, 20, {1, 2, 3}, vision(5, {}, 2), {vision(4, {}, 1)}, {}, {}};
  const std::vector<Hypothesis> found = hypotheses_of({one});
  REQUIRE(found.size() == 2);
  CHECK(found[1].name == "dispersion");
}
