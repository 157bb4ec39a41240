// What is to be said of two digits, against tables written by hand.
#include "pair_targets.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace modhost;
using namespace modhost_mnist_pairs;

namespace {

// Row of the left digit, column of the right one.
const char* const kExclusiveOr[] = {"01234567", "10325476", "23016745", "32107654",
                                    "45670123", "54761032", "67452301", "76543210"};
const char* const kBitsOf[] = {"000", "001", "010", "011", "100", "101", "110", "111"};

std::string bits_at(const Tensor& table, int number) {
  std::string out;
  for (int64_t i = 0; i < table.size(1); ++i) {
    const auto bit = table[number][i].item<float>();
    out += bit == 1 ? '1' : bit == 0 ? '0' : '?';
  }
  return out;
}

const TrueModules::Function& named(const TrueModules& truth, const std::string& name) {
  const auto found = std::find_if(truth.functions.begin(), truth.functions.end(),
                                  [&](const auto& one) { return one.name == name; });
  REQUIRE(found != truth.functions.end());
  return *found;
}

}  // namespace

TEST_CASE("two digits are ten bits each, one of each ten set", "[mnist_pairs]") {
  const Tensor table = target_table(Targets::digits);
  REQUIRE(table.sizes() == torch::IntArrayRef({100, 20}));
  CHECK(bits_at(table, 37) ==
        "0001000000"
        "0000000100");
  CHECK(bits_at(table, 0) ==
        "1000000000"
        "1000000000");
  CHECK(bits_at(table, 90) ==
        "0000000001"
        "1000000000");
  for (int number = 0; number < 100; ++number) {
    std::string expected(20, '0');
    expected[static_cast<size_t>(number / 10)] = '1';
    expected[static_cast<size_t>(10 + number % 10)] = '1';
    CHECK(bits_at(table, number) == expected);
  }
}

TEST_CASE("digits below 8 differ in bits, the highest first", "[mnist_pairs]") {
  const Tensor table = target_table(Targets::exclusive_or);
  REQUIRE(table.sizes() == torch::IntArrayRef({100, 3}));
  for (int left = 0; left < 8; ++left) {
    for (int right = 0; right < 8; ++right) {
      CAPTURE(left, right);
      CHECK(bits_at(table, 10 * left + right) == kBitsOf[kExclusiveOr[left][right] - '0']);
    }
  }
}

TEST_CASE("guessing knows as much as the commoner value of each bit", "[mnist_pairs]") {
  for (const Targets targets : {Targets::digits, Targets::exclusive_or}) {
    const int kinds = kinds_of(targets);
    const Tensor table = target_table(targets);
    double sum = 0;
    for (int64_t bit = 0; bit < bits_of(targets); ++bit) {
      int ones = 0;
      for (int left = 0; left < kinds; ++left) {
        for (int right = 0; right < kinds; ++right) {
          ones += table[10 * left + right][bit].item<float>() > 0.5 ? 1 : 0;
        }
      }
      sum += std::max(ones, kinds * kinds - ones) / static_cast<double>(kinds * kinds);
    }
    CHECK(chance_of(targets) == Approx(sum / static_cast<double>(bits_of(targets))));
  }
}

TEST_CASE("the pixels of each half belong together", "[mnist_pairs]") {
  for (const Targets targets : {Targets::digits, Targets::exclusive_or}) {
    const TrueModules truth = true_modules(targets);
    CHECK(truth.kind.empty());
    REQUIRE(truth.inputs.size() == 1568);
    // Row by row: 28 pixels of the left digit, then 28 of the right one.
    for (size_t pixel = 0; pixel < 1568; ++pixel) {
      if (truth.inputs[pixel] != (pixel % 56 < 28 ? 0 : 1)) FAIL("pixel " << pixel);
    }
    CHECK(std::set<std::string>(truth.input_names.begin(), truth.input_names.end()).size() == 1568);
    CHECK(truth.input_names[56 * 3 + 41] == "pixel_3_41");
    const auto &left = named(truth, "left").reads, &right = named(truth, "right").reads;
    CHECK(left.size() == 784);
    CHECK(right.size() == 784);
    CHECK(std::count(left.begin(), left.end(), "pixel_3_27") == 1);
    CHECK(std::count(right.begin(), right.end(), "pixel_3_28") == 1);
  }
}

TEST_CASE("outputs belong together when they say something of one digit", "[mnist_pairs]") {
  const TrueModules digits = true_modules(Targets::digits);
  CHECK(digits.outputs ==
        std::vector<int64_t>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  CHECK(named(digits, "left_is_9").reads == std::vector<std::string>{"left"});
  CHECK(named(digits, "right_is_0").reads == std::vector<std::string>{"right"});
  const TrueModules differ = true_modules(Targets::exclusive_or);
  CHECK(differ.outputs == std::vector<int64_t>{0, 1, 2});
  CHECK(differ.functions.size() == 5);
  CHECK(named(differ, "differ_by_4").reads == std::vector<std::string>{"left", "right"});
}
