// Means, intervals and p-values against tables and enumeration.
#include "modhost/statistics.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace modhost;

TEST_CASE("the confidence interval of a mean is that of Student's t", "[statistics]") {
  // t(0.975) with 4 degrees of freedom is 2.776445; the deviation of 1 .. 5 is sqrt(2.5)
  CHECK(confidence_95({1, 2, 3, 4, 5}) == Approx(2.776445 * std::sqrt(2.5 / 5)).epsilon(1e-6));
  CHECK(confidence_95({3}) == 0);
}

TEST_CASE("two-sided p-values are those of the normal table", "[statistics]") {
  CHECK(two_sided_p(0) == 1);
  CHECK(two_sided_p(1.959964) == Approx(0.05).epsilon(1e-6));
  CHECK(two_sided_p(-2.575829) == Approx(0.01).epsilon(1e-6));
}

TEST_CASE("the example of Benjamini and Hochberg rejects four of fifteen", "[statistics]") {
  // Benjamini, Hochberg 1995, section 3.2: at q = 0.05 the four smallest
  const std::vector<double> p{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                              0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
  const std::vector<double> adjusted = benjamini_hochberg(p);
  int rejected = 0;
  for (const double value : adjusted) rejected += value <= 0.05;
  CHECK(rejected == 4);
  CHECK(adjusted[0] == Approx(0.0015));
  CHECK(adjusted[3] == Approx(0.0095 * 15 / 4));
  CHECK(benjamini_hochberg({0.03, 0.01}) == std::vector<double>{0.03, 0.02});
}

TEST_CASE("the overlap of random subsets has the mean and variance of all subsets",
          "[statistics]") {
  // subsets of 6 entries: one fixed of size 3, all of size 2
  double sum = 0, squares = 0, count = 0;
  const int fixed = 0b000111;
  for (int subset = 0; subset < 64; ++subset) {
    if (__builtin_popcount(subset) != 2) continue;
    const double both = __builtin_popcount(subset & fixed);
    sum += both;
    squares += both * both;
    ++count;
  }
  const RandomOverlap found = random_overlap(6, 3, 2);
  CHECK(found.mean == Approx(sum / count));
  CHECK(found.variance == Approx(squares / count - sum / count * sum / count));
  CHECK(random_overlap(1, 1, 1).variance == 0);
  CHECK(random_overlap(0, 0, 0).mean == 0);
}
