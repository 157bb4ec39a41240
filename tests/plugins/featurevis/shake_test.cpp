// Small changes of images.
#include "shake.h"

#include <catch2/catch.hpp>

#include "nets.h"

using namespace modhost_featurevis;
using namespace modhost_featurevis::test;

TEST_CASE("images without changes stay as they are", "[shake]") {
  const Tensor images = normals({2, 3, 7, 10}, 1).to(torch::kFloat);
  CHECK(largest(shaken(images, {}, {1, 2}, 0), images) < 1e-5);
}

TEST_CASE("jitter moves by whole pixels", "[shake]") {
  const Tensor images = normals({1, 1, 12, 15}, 1).to(torch::kFloat);
  std::set<std::pair<int64_t, int64_t>> moves;
  for (int64_t step = 0; step < 60; ++step) {
    const Tensor found = shaken(images, {2, 0, 0}, {5}, step);
    int64_t fits = 0;
    for (int64_t down = -2; down <= 2; ++down) {
      for (int64_t across = -2; across <= 2; ++across) {
        const Tensor inside = found.narrow(2, 2, 8).narrow(3, 2, 11);
        const Tensor moved = images.narrow(2, 2 + down, 8).narrow(3, 2 + across, 11);
        if (largest(inside, moved) > 1e-4) continue;
        ++fits;
        moves.emplace(down, across);
      }
    }
    REQUIRE(fits == 1);
  }
  CHECK(moves.size() > 15);  // of 25; 60 draws miss 2 in the mean
}

TEST_CASE("a disc stays a disc when it is turned, and grows when it is scaled", "[shake]") {
  const Tensor y = (torch::arange(40) - 19.5).view({40, 1}),
               x = (torch::arange(24) - 11.5).view({1, 24});
  const Tensor disc =
      torch::sigmoid(2 * (8 - (y.square() + x.square()).sqrt())).view({1, 1, 40, 24});
  const Tensor bar = torch::sigmoid(2 * (3 - x.abs())).expand({40, 24}).reshape({1, 1, 40, 24});
  for (int64_t step = 0; step < 10; ++step) {
    CHECK(largest(shaken(disc, {0, 0, 90}, {3}, step), disc) < 0.1);
    const double area = (shaken(disc, {0, 0.3, 0}, {3}, step).sum() / disc.sum()).item<double>();
    CHECK(area > 0.7 * 0.7 - 0.02);
    CHECK(area < 1.3 * 1.3 + 0.02);
  }
  CHECK(largest(shaken(bar, {0, 0, 90}, {3}, 1), bar) > 0.5);
}

TEST_CASE("each image has its own changes", "[shake]") {
  const Tensor images = normals({3, 1, 9, 9}, 1).to(torch::kFloat);
  const Shake shake{2, 0.2, 20};
  const Tensor all = shaken(images, shake, {1, 2, 3}, 4);
  const Tensor last = shaken(images.narrow(0, 2, 1), shake, {3}, 4);
  CHECK(torch::equal(all.narrow(0, 2, 1), last));
  CHECK(!torch::equal(all, shaken(images, shake, {1, 2, 3}, 5)));
}
