// Importance and coherence of lesions, by numbers worked out by hand.
#include "hypotheses.h"

#include <catch2/catch.hpp>

using namespace modhost_lesion;

namespace {

const Score kWhole{0.9, {1.0, 0.8}};

SingleLesion lesion(const Score& own, const std::vector<Score>& controls) {
  return {"a", 0, 5, 20, own, controls};
}

}  // namespace

TEST_CASE("importance compares the mean accuracy of the classes", "[hypotheses]") {
  // Means: whole .9, own .6 (lost .3), random .8 and .7 (lost .15 in the mean).
  const auto own = lesion({0, {0.8, 0.4}}, {{0, {1.0, 0.6}}, {0, {0.8, 0.6}}});
  const Evidence found = importance(own, kWhole, false);
  CHECK(found.own == Approx(0.3));
  CHECK(found.control == Approx(0.15));
  CHECK(found.p == Approx(1.0 / 3));
  CHECK(found.p_tied == Approx(1.0 / 3));
  CHECK(found.effect == Approx(2.0 / 3));
  CHECK(found.mended == Approx(2.0 / 3));
  CHECK(*found.factor == Approx(0.75 / 0.6));
}

TEST_CASE("effects without damage are finite", "[hypotheses]") {
  const Score same{0.9, {1.0, 0.8}};
  const Evidence nothing = importance(lesion(same, {same, same}), kWhole, false);
  CHECK(nothing.effect == 0);
  CHECK(nothing.mended == 0.5);
  CHECK(nothing.p == Approx(1.0 / 3));  // ties do not count
  CHECK(nothing.p_tied == 1);
  const Evidence only_own = importance(lesion({0, {0.5, 0.5}}, {same, same}), kWhole, false);
  CHECK(only_own.effect == 0);
  CHECK(only_own.mended == 1);
  const Evidence dead = importance(lesion({0, {0, 0}}, {same}), kWhole, false);
  CHECK(!dead.factor.has_value());
}

TEST_CASE("importance of losses is damage upwards", "[hypotheses]") {
  // Gained: own 3, random 1 in the mean.
  const Evidence found = importance(lesion({4, {}}, {{2.5, {}}, {1.5, {}}}), {1, {}}, true);
  CHECK(found.own == Approx(3));
  CHECK(found.control == Approx(1));
  CHECK(found.p == Approx(1.0 / 3));
  CHECK(found.effect == Approx(0.75));
  CHECK(importance(lesion({1, {}}, {{2.5, {}}, {1.5, {}}}), {1, {}}, true).p == 1);
}

TEST_CASE("unevenness is the range of the changes over their mean", "[hypotheses]") {
  // Changes -.2 and -.6: range .4, mean -.4.
  CHECK(unevenness({0.8, 0.2}, {1.0, 0.8}) == Approx(1));
  CHECK(unevenness({0.9, 0.7}, {1.0, 0.8}) == Approx(0).margin(1e-12));
  CHECK(unevenness({1.0, 0.8}, {1.0, 0.8}) == 0);
  // Gains and losses that cancel are as uneven as can be.
  CHECK(unevenness({0.5, 0.75}, {0.75, 0.5}) > 1e15);
}

TEST_CASE("coherence compares unevenness", "[hypotheses]") {
  // Own changes 0 and -.4: 2. Random: -.2, -.2: 0; and -.1, -.3: 1.
  const Evidence found =
      coherence(lesion({0, {1.0, 0.4}}, {{0, {0.75, 0.55}}, {0, {0.9, 0.5}}}), {0, {1.0, 0.8}});
  CHECK(found.own == Approx(2));
  CHECK(found.control == Approx(0.5).margin(1e-9));
  CHECK(found.p == Approx(1.0 / 3));
  CHECK(found.effect == Approx(0.8));
  CHECK(*found.factor == Approx(0.25));
}

TEST_CASE("a control that costs nothing on the whole does not make up the effect", "[hypotheses]") {
  const Score whole{0, {0.5, 0.75}};
  const Score swaps{0, {0.75, 0.5}}, both{0, {0.25, 0.5}}, first{0, {0.25, 0.75}};
  // Own changes -.25, 0: 2. Controls: infinite, so 0; 0, so 1; the same, so 1/2.
  const Evidence found = coherence({"a", 0, 5, 20, first, {swaps, both, first}}, whole);
  CHECK(found.own == Approx(2));
  CHECK(found.effect == 0);
  CHECK(found.mended == Approx(0.5));
  CHECK(coherence({"a", 0, 5, 20, swaps, {first, swaps}}, whole).mended == Approx(0.75));
}
