// Tests against null models, by hand and against SciPy 1.10.
#include "modhost/significance.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "modhost/error.h"

using namespace modhost;

namespace {

std::vector<double> counted(int64_t n) {  // 0, 1, ..., n - 1
  std::vector<double> out(static_cast<size_t>(n));
  std::iota(out.begin(), out.end(), 0.0);
  return out;
}

}  // namespace

TEST_CASE("p counts the draws that are smaller, and the number itself", "[significance]") {
  CHECK(compare_with_null(0, counted(100)).p_below == Approx(1.0 / 101));
  CHECK(compare_with_null(1, counted(100)).p_below == Approx(2.0 / 101));
  CHECK(compare_with_null(101, counted(100)).p_below == 1);
  CHECK(compare_with_null(101, counted(100)).p_above == Approx(1.0 / 101));
  CHECK(compare_with_null(-1, counted(100)).least());
  CHECK(!compare_with_null(0.5, counted(100)).least());
  CHECK(compare_with_null(3, {}).p_below == 1);
}

TEST_CASE("ties count against the number in the tied p only", "[significance]") {
  const NullComparison found = compare_with_null(1, {1, 1, 2, 0});
  CHECK(found.below == 1);
  CHECK(found.above == 1);
  CHECK(found.p_below == Approx(2.0 / 5));
  CHECK(found.p_below_tied == Approx(4.0 / 5));
  CHECK(found.p_above_tied == Approx(4.0 / 5));
}

TEST_CASE("z has the deviation of a population, and is 0 where nothing differs", "[significance]") {
  CHECK(compare_with_null(7, {1, 2, 3, 4}).z == Approx(4.5 / std::sqrt(1.25)));
  CHECK(compare_with_null(2, {2, 2, 2}).z == 0);
  CHECK(std::isinf(compare_with_null(1, {2, 2, 2}).z));
}

TEST_CASE("Cohen's d pools the variances of two nulls", "[significance]") {
  CHECK(cohens_d({1, 2, 3, 4}, {2, 4, 6}) == Approx(-0.9302605094190634));
  CHECK(cohens_d({1, 1}, {1, 1}) == 0);
}

TEST_CASE("several p-values become one", "[significance]") {
  const std::vector<double> p = {0.02, 0.3, 0.5, 0.9, 0.01};
  CHECK(fisher_combined(p) == Approx(0.02082085825982797));
  CHECK(stouffer_combined(p) == Approx(0.05259137663119001));
  CHECK(bates_combined(p) == Approx(0.12049877843999998));
  CHECK(fisher_combined({}) == 1);
  CHECK(stouffer_combined({0.5, 1}) == 1);
  CHECK(rank_chi_square({0.05, 0.05, 0.1, 0.5, 1}, 19) == Approx(0.2373418008290006));
  CHECK_THROWS_AS(fisher_combined({0}), Error);
}

TEST_CASE("the sum of uniform numbers has the Irwin-Hall distribution", "[significance]") {
  CHECK(irwin_hall_cdf(3.2, 4) == Approx(0.9829333333333334));
  CHECK(irwin_hall_cdf(2.5, 30) == Approx(3.2699213349509106e-21));
  CHECK(irwin_hall_cdf(18.5, 40) == Approx(0.20565689588812947));
  CHECK(irwin_hall_cdf(0.5, 1) == Approx(0.5));
  for (const int64_t n : {1, 2, 7, 30, 31}) {
    CHECK(irwin_hall_cdf(-1, n) == 0);
    CHECK(irwin_hall_cdf(static_cast<double>(n), n) == 1);
    CHECK(irwin_hall_cdf(static_cast<double>(n) / 2, n) == Approx(0.5));
  }
}

TEST_CASE("the critical p is the largest that is kept, or none", "[significance]") {
  // Benjamini, Hochberg 1995: bounds 0.0125, 0.025, 0.0375, 0.05.
  const CriticalP found = critical_p({0.04, 0.01, 0.2, 0.02}, 0.05);
  CHECK(found.any);
  CHECK(found.p == 0.02);
  CHECK(!critical_p({0.5, 0.9}).any);
  CHECK(!critical_p({}).any);
}

TEST_CASE("a centred p lies in the middle of its step", "[significance]") {
  CHECK(centred_p(0.05, 19) == Approx(0.025));
}
