#include "modhost/shuffle.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <vector>

using namespace modhost;

TEST_CASE("a shuffle keeps the values, and the same seed gives the same order", "[shuffle]") {
  std::vector<double> values(1000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  std::vector<double> first(values), second(values), other(values);
  shuffle_values(first.data(), 1000, 3);
  shuffle_values(second.data(), 1000, 3);
  shuffle_values(other.data(), 1000, 4);
  CHECK(first == second);
  CHECK(first != other);
  CHECK(first != values);
  std::sort(first.begin(), first.end());
  CHECK(first == values);
  shuffle_values(values.data(), 0, 1);
  shuffle_values(nullptr, 0, 1);
}

TEST_CASE("all orders of four values are equally likely", "[shuffle]") {
  std::map<std::vector<double>, int> counts;
  constexpr int kDraws = 24 * 1000;
  for (uint64_t seed = 0; seed < kDraws; ++seed) {
    std::vector<double> values{0, 1, 2, 3};
    shuffle_values(values.data(), 4, seed);
    ++counts[values];
  }
  CHECK(counts.size() == 24);
  double chi = 0;
  for (const auto& [order, count] : counts) chi += (count - 1000.0) * (count - 1000.0) / 1000;
  CHECK(chi < 49.7);  // 23 degrees of freedom, p = 0.001
}
