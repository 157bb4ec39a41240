// Receptive images: correlations and the signs of units.
#include "receptive.h"

#include <modhost/unit_activations.h>

#include <catch2/catch.hpp>

#include "nets.h"

using namespace modhost_featurevis;
using namespace modhost_featurevis::test;

namespace {

// The sum of all cosines between rows that are multiplied by signs.
double agreement(const Tensor& rows, const std::vector<double>& signs) {
  const Tensor unit = rows / rows.square().sum(1, true).sqrt();
  const Tensor sum = (unit * torch::tensor(signs, torch::kDouble).unsqueeze(1)).sum(0);
  return sum.square().sum().item<double>();
}

double best_agreement(const Tensor& rows) {
  const auto count = static_cast<uint64_t>(rows.size(0));
  double best = 0;
  for (uint64_t choice = 0; choice < uint64_t{1} << count; ++choice) {
    std::vector<double> signs;
    for (uint64_t i = 0; i < count; ++i) signs.push_back((choice >> i & 1) != 0 ? -1 : 1);
    best = std::max(best, agreement(rows, signs));
  }
  return best;
}

}  // namespace

TEST_CASE("signs of rows with a common part are the best of all", "[receptive]") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Tensor common = normals({1, 30}, seed), noise = normals({9, 30}, seed + 100);
    const Tensor flips = normals({9, 1}, seed + 200).sign();
    const Tensor rows = flips * common + 0.8 * noise;
    CHECK(agreement(rows, aligned_signs(rows)) == Approx(best_agreement(rows)));
  }
}

TEST_CASE("no single sign of any rows could be better", "[receptive]") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Tensor rows = normals({8, 20}, seed);
    std::vector<double> signs = aligned_signs(rows);
    const double found = agreement(rows, signs);
    CHECK(found <= best_agreement(rows) + 1e-9);
    for (double& sign : signs) {
      sign = -sign;
      CHECK(agreement(rows, signs) <= found + 1e-9);
      sign = -sign;
    }
  }
  CHECK(aligned_signs(torch::zeros({2, 3})) == std::vector<double>{1, 1});
}

TEST_CASE("a receptive image is the mean of aligned rows, dark in the mean", "[receptive]") {
  const Tensor rows =
      torch::tensor({{0.5, 0.25, 0.0}, {-0.25, -0.5, 0.0}, {9.0, 9.0, 9.0}}, torch::kDouble);
  const Tensor found = receptive_image(rows, {0, 1});
  CHECK(largest(found, torch::tensor({-0.375, -0.375, 0.0}, torch::kDouble)) < 1e-15);
}

TEST_CASE("correlations with inputs, in blocks", "[receptive]") {
  const Tensor units = normals({25, 3}, 1), inputs = normals({25, 700}, 2);
  const Tensor found = input_correlations(units, inputs.to(torch::kFloat));
  CHECK(found.sizes().vec() == std::vector<int64_t>{3, 700});
  for (const int64_t entry : {0, 511, 512, 699}) {
    for (int64_t unit = 0; unit < 3; ++unit) {
      // Without ties: 1 - 6 sum d^2 / (n (n^2 - 1)).
      const Tensor a = units.select(1, unit).argsort(/*dim=*/-1, false).argsort(/*dim=*/-1, false);
      const Tensor b =
          inputs.select(1, entry).argsort(/*dim=*/-1, false).argsort(/*dim=*/-1, false);
      const double distance = (a - b).square().sum().item<double>();
      CHECK(found[unit][entry].item<double>() == Approx(1 - 6 * distance / (25 * 624.0)));
    }
  }
}
