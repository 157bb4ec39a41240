// The samples that drive units most, against a loop.
#include "top_samples.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "nets.h"

using namespace modhost_featurevis;
using namespace modhost_featurevis::test;

TEST_CASE("the samples with the largest sums of magnitudes", "[top_samples]") {
  const Tensor values = normals({200, 12}, 4);
  const UnitSet units = {0, 5, 11};
  const Tensor classes = torch::arange(200) % 7;
  const TopSamples found = top_samples(values, units, 10, classes);
  REQUIRE(found.samples.size() == 10);
  std::vector<std::pair<double, int64_t>> all;
  for (int64_t i = 0; i < 200; ++i) {
    double sum = 0;
    for (const int64_t unit : units) sum += std::abs(values[i][unit].item<double>());
    all.emplace_back(-sum, i);
  }
  std::sort(all.begin(), all.end());
  for (size_t i = 0; i < 10; ++i) {
    CHECK(found.samples[i] == all[i].second);
    CHECK(found.classes[i] == all[i].second % 7);
  }
}

TEST_CASE("of equal samples the first, and no more than there are", "[top_samples]") {
  const Tensor values = torch::tensor({{1.0}, {-2.0}, {2.0}, {0.0}}, torch::kDouble);
  const TopSamples found = top_samples(values, {0}, 3, torch::tensor({4, 4, 9, 9}));
  CHECK(found.samples == std::vector<int64_t>{1, 2, 0});
  CHECK(found.classes == std::vector<int64_t>{4, 9, 4});
  CHECK(*found.entropy == Approx(-std::log(1 / 3.0) / 3 - 2 * std::log(2 / 3.0) / 3));
  CHECK(top_samples(values, {0}, 10, {}).samples.size() == 4);
  CHECK(!top_samples(values, {0}, 10, {}).entropy.has_value());
  CHECK(*top_samples(values, {0}, 2, torch::tensor({1, 5, 5, 1})).entropy ==
        Approx(0).margin(1e-15));
}
