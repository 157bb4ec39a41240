#include "inverse_masks.h"

#include <catch2/catch.hpp>

using namespace modhost_diffmask;
using modhost::NamedTensors;

namespace {

NamedTensors two(std::vector<uint8_t> in, std::vector<uint8_t> out) {
  return {{"in.weight", torch::tensor(in, torch::kUInt8)},
          {"out.weight", torch::tensor(out, torch::kUInt8)}};
}

bool same(const NamedTensors& a, const NamedTensors& b) {
  return torch::equal(a[0].second, b[0].second) && torch::equal(a[1].second, b[1].second);
}

}  // namespace

TEST_CASE("the inverse keeps what the mask does not, but where it is told otherwise", "[inverse]") {
  const NamedTensors mask = two({1, 0, 0}, {0, 1}), control = two({1, 1, 0}, {1, 1});
  InverseRule rule;
  CHECK(same(inverse_of(mask, &control, rule), two({0, 1, 1}, {1, 0})));
  rule.keeps = {"in.*"};
  CHECK(same(inverse_of(mask, &control, rule), two({1, 0, 0}, {1, 0})));
  rule.as = "control";
  CHECK(same(inverse_of(mask, &control, rule), two({1, 1, 0}, {1, 0})));
  CHECK(same(inverse_of(mask, nullptr, rule), two({1, 0, 0}, {1, 0})));  // the control's own
  rule.as = "whole";
  CHECK(same(inverse_of(mask, &control, rule), two({1, 1, 1}, {1, 0})));
}
