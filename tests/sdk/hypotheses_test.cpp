// Combined tests and effects, by numbers worked out by hand.
#include "modhost/hypotheses.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace modhost;

TEST_CASE("sub-clusters of a network together", "[hypotheses]") {
  Hypothesis hypothesis{"importance", 9, {}};
  for (const double p : {0.1, 0.1, 0.5}) hypothesis.evidence.push_back({0, 0, p, 1, 0.75, 0.6, 2});
  hypothesis.evidence[2].factor.reset();
  const Combined found = combined(hypothesis, false);
  // Centred: .05, .05, .45. The survival function of chi-square with 6 degrees at x is
  // exp(-x/2) (1 + x/2 + (x/2)^2 / 2), and x/2 = -ln(.05 * .05 * .45).
  const double half = -std::log(0.05 * 0.05 * 0.45);
  CHECK(found.fisher == Approx(std::exp(-half) * (1 + half + half * half / 2)));
  CHECK(found.fisher_stat == Approx(half / 3));
  // The sum .55 of three uniform numbers: .55^3 / 6.
  CHECK(found.bates == Approx(std::pow(0.55, 3) / 6));
  // z = -1.644854, -1.644854, -.125661; their sum over sqrt 3 is -1.971864.
  CHECK(found.stouffer == Approx(0.5 * std::erfc(1.971864 / std::sqrt(2.0))).epsilon(1e-5));
  // Ranks 0, 0, 4 of ten; expected .3 each: (2 - .3)^2/.3 + (1 - .3)^2/.3 + 8 * .3 = 13.6667.
  CHECK(found.ranks == Approx(0.1346864).epsilon(1e-5));
  CHECK(found.significant == 0);
  CHECK(!found.critical.has_value());
  CHECK(combined(hypothesis, true).fisher > 0.99);
  const Effects size = effects(hypothesis);
  CHECK(size.effect == Approx(1.5));
  CHECK(size.mended == Approx(1.2));
  CHECK(size.error == Approx(0).margin(1e-12));
  CHECK(*size.factor == Approx(2));
}

TEST_CASE("shares of numbers that cannot be shared are no effect", "[hypotheses]") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(bounded_share(3, 1) == 0.75);
  CHECK(bounded_share(0, 0) == 0.5);
  CHECK(bounded_share(inf, inf) == 0.5);
  CHECK(bounded_share(inf, 2) == 1);
  CHECK(bounded_share(2, inf) == 0);
}

TEST_CASE("each hypothesis has a row without ties and one with them", "[hypotheses]") {
  const Hypothesis one{"score", 9, {{2, 1, 0.1, 0.2, 0.6, 0.7, {}}}};
  const Table table = hypothesis_table({one});
  REQUIRE(table.rows.size() == 2);
  CHECK(table.columns.size() == table.rows[0].size());
  CHECK(std::get<double>(table.rows[0][4]) == Approx(0.05));  // Fisher's p of one test: centred
  CHECK(std::get<double>(table.rows[1][4]) == Approx(0.15));
  CHECK(std::get<std::string>(table.rows[1][1]) == "counted against");
  CHECK(std::holds_alternative<std::monostate>(table.rows[0][10]));  // nothing passes
  CHECK(std::holds_alternative<std::monostate>(table.rows[0][15]));
  CHECK(std::get<double>(table.rows[0][11]) == Approx(1.2));
}
