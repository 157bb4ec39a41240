// The assignment of rows to columns against all permutations.
#include "assignment.h"

#include <modhost/random.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <set>

using namespace modhost;
using namespace modhost_spectral;

namespace {

// The greatest sum of gains, over all orders of the longer side.
double most_gain(const std::vector<double>& gains, int64_t rows, int64_t columns) {
  std::vector<int64_t> order(static_cast<size_t>(std::max(rows, columns)));
  std::iota(order.begin(), order.end(), 0);
  double most = -1e300;
  do {
    double sum = 0;
    for (int64_t i = 0; i < std::min(rows, columns); ++i) {
      const int64_t other = order[static_cast<size_t>(i)];
      sum += rows <= columns ? gains[static_cast<size_t>(i * columns + other)]
                             : gains[static_cast<size_t>(other * columns + i)];
    }
    most = std::max(most, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return most;
}

double gain_of(const std::vector<double>& gains, int64_t columns,
               const std::vector<int64_t>& assigned) {
  double sum = 0;
  for (size_t row = 0; row < assigned.size(); ++row) {
    if (assigned[row] >= 0) sum += gains[row * static_cast<size_t>(columns) + assigned[row]];
  }
  return sum;
}

}  // namespace

TEST_CASE("no permutation gains more than the assignment", "[assignment]") {
  for (uint64_t seed = 0; seed < 120; ++seed) {
    RandomStream random(seed);
    const auto rows = static_cast<int64_t>(1 + random.below(6));
    const auto columns = static_cast<int64_t>(1 + random.below(6));
    std::vector<double> gains;
    for (int64_t i = 0; i < rows * columns; ++i) {
      // Every third time whole numbers, which tie; counts in one half, losses, too, in the other.
      const double value = seed % 3 == 0 ? static_cast<double>(random.below(4)) : random.uniform();
      gains.push_back(seed % 2 == 0 ? value : value - 0.5);
    }
    const std::vector<int64_t> found = best_assignment(gains, rows, columns);
    INFO(rows << " rows, " << columns << " columns, seed " << seed);
    REQUIRE(found.size() == static_cast<size_t>(rows));
    std::set<int64_t> taken;
    for (const int64_t column : found) {
      if (column < 0) continue;
      CHECK(column < columns);
      CHECK(taken.insert(column).second);
    }
    CHECK(taken.size() == static_cast<size_t>(std::min(rows, columns)));
    CHECK(gain_of(gains, columns, found) == Approx(most_gain(gains, rows, columns)).margin(1e-12));
  }
}

TEST_CASE("an assignment gives up the best pair where the others gain more", "[assignment]") {
  // 9 + 1 < 8 + 7
  CHECK(best_assignment({9, 8, 7, 1}, 2, 2) == std::vector<int64_t>{1, 0});
  CHECK(best_assignment({5, 6, 7}, 3, 1) == std::vector<int64_t>{-1, -1, 0});
  CHECK(best_assignment({}, 0, 3).empty());
  CHECK(best_assignment({}, 2, 0) == std::vector<int64_t>{-1, -1});
}
