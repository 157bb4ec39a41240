// Random sets of weights to compare a mask with.
#include "ablation.h"

#include <catch2/catch.hpp>

using namespace modhost_diffmask;

namespace {

int64_t removed(const modhost::Tensor& kept) { return (kept == 0).sum().item<int64_t>(); }

modhost::NamedTensors some_mask() {
  return {{"a", torch::tensor({1, 0, 1, 0, 0, 0}, torch::kUInt8).view({2, 3})},
          {"b", torch::tensor({0, 0}, torch::kUInt8)},
          {"c", torch::tensor({1, 0}, torch::kUInt8)}};
}

}  // namespace

TEST_CASE("a random removal takes as many weights from each parameter as the mask keeps",
          "[ablation]") {
  const modhost::NamedTensors mask = some_mask();
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto from_all = random_removal(mask, false, seed);
    const auto from_rest = random_removal(mask, true, seed);
    for (size_t i = 0; i < mask.size(); ++i) {
      const int64_t kept = mask[i].second.sum(torch::kLong).item<int64_t>();
      CHECK(from_all[i].first == mask[i].first);
      CHECK(from_all[i].second.sizes() == mask[i].second.sizes());
      CHECK(removed(from_all[i].second) == kept);
      CHECK(removed(from_rest[i].second) == kept);
      CHECK(((from_rest[i].second == 0) & (mask[i].second == 1)).any().item<bool>() == false);
    }
  }
}

TEST_CASE("every weight is removed as often as any other", "[ablation]") {
  torch::Tensor counts = torch::zeros({2, 3}, torch::kLong);
  constexpr int64_t kDraws = 3000;
  for (uint64_t seed = 0; seed < kDraws; ++seed) {
    counts += random_removal(some_mask(), false, seed)[0].second == 0;
  }
  // expected: a third of the draws, deviation sqrt(n 2/9)
  CHECK((counts - kDraws / 3).abs().max().item<double>() < 4.5 * std::sqrt(kDraws * 2.0 / 9));
}

TEST_CASE("a complement that is too small gives no removal", "[ablation]") {
  const modhost::NamedTensors dense{{"x", torch::tensor({1, 1, 0}, torch::kUInt8)}};
  CHECK(random_removal(dense, true, 1).empty());
  CHECK(random_removal(dense, false, 1).size() == 1);
}

TEST_CASE("the p-value counts the draws that cost at least as much", "[ablation]") {
  CHECK(Ablation::p(0.5, {0.6, 0.5, 0.4, 0.9}) == Approx(3.0 / 5));
  CHECK(Ablation::p(0.1, {0.6, 0.5, 0.4, 0.9}) == Approx(1.0 / 5));
  CHECK(Ablation::p(0.1, {}) == 1);
}
