// What masks of several tasks have in common, against hand-counted masks.
#include "mask_sharing.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost_diffmask;

namespace {

MaskResult result_of(const std::string& task, const std::vector<uint8_t>& bits, bool control) {
  MaskResult out;
  out.task = task;
  out.control = control;
  out.bits = {{"x", torch::tensor(bits, torch::kUInt8)}};
  return out;
}

// Eight weights of one parameter; the control plays no part in what tasks share.
Results three_tasks() {
  return {result_of("control", {1, 1, 1, 1, 1, 1, 1, 1}, true),
          result_of("a", {1, 1, 1, 0, 0, 0, 0, 0}, false),
          result_of("b", {1, 1, 0, 1, 0, 0, 0, 0}, false),
          result_of("c", {1, 0, 0, 0, 1, 1, 0, 0}, false)};
}

int64_t kept(const NamedTensors& bits) { return ones(bits); }

}  // namespace

TEST_CASE("each pair of tasks is counted once, against random masks of its size", "[sharing]") {
  const Results results = three_tasks();
  const auto pairs = shared_pairs(results);
  REQUIRE(pairs.size() == 3);
  CHECK(pairs[0].a->task == "a");
  CHECK(pairs[0].b->task == "b");
  CHECK(pairs[0].overlap.both == 2);
  CHECK(pairs[2].overlap.both == 1);
  CHECK(pairs[0].random == Approx(3.0 / 8));  // 3 * 3 / 8 of 3
  // the variance is 3 * 3 * 5 * 5 / (8 * 8 * 7)
  const double z = (2 - 9.0 / 8) / std::sqrt(225.0 / 448);
  CHECK(pairs[0].z == Approx(z));
  CHECK(pairs[0].p == Approx(std::erfc(z / std::sqrt(2.0))));
  CHECK(pairs[0].p_adjusted == Approx(std::min(1.0, 3 * pairs[0].p)));
  CHECK(pairs[1].p_adjusted >= pairs[1].p);
}

TEST_CASE("common is what all tasks keep, and the others are joined", "[sharing]") {
  const Results results = three_tasks();
  CHECK(kept(common_bits(results)) == 1);
  CHECK(kept(others_bits(results, results[1])) == 5);  // b or c: 0, 1, 3, 4, 5
  const Results one_task{results[0], results[1]};
  CHECK(common_bits(one_task).empty());
  CHECK(others_bits(one_task, one_task[1]).empty());
}
