// How alike repeated masks are, by hand.
#include "stability.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost_diffmask;

namespace {

modhost::NamedTensors mask(const std::vector<uint8_t>& bits) {
  return {{"x", torch::tensor(bits, torch::kUInt8)}};
}

}  // namespace

TEST_CASE("stability is the mean overlap of all pairs", "[stability]") {
  // pairs: 1 of 3 (smaller: 2), 2 of 2 (2), 1 of 3 (2)
  const Stability found = stability({mask({1, 1, 0, 0}), mask({0, 1, 1, 0}), mask({1, 1, 0, 0})});
  CHECK(found.pairs == 3);
  CHECK(found.iou == Approx((1.0 / 3 + 1 + 1.0 / 3) / 3));
  CHECK(found.iou_deviation == Approx(std::sqrt(4.0 / 27)));  // of 1/3, 1, 1/3
  CHECK(found.io_min == Approx((0.5 + 1 + 0.5) / 3));
  CHECK(found.random_io_min == Approx(0.5));  // 2 * 2 / 4 of 2
}

TEST_CASE("one mask has no pairs, empty masks do not divide by zero", "[stability]") {
  CHECK(stability({mask({1, 1})}).pairs == 0);
  const Stability empty = stability({mask({0, 0}), mask({0, 0})});
  CHECK(empty.iou == 0);
  CHECK(empty.random_io_min == 0);
}
