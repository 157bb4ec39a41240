// Exercises: two pairs of numbers, each to be added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace modhost_tuple_arithmetic {

constexpr int64_t kPairs = 2;
constexpr int64_t kNumbers = 2;  // of a pair

struct Sums {
  std::vector<uint16_t> numbers;  // [count, 2 pairs, 2 numbers]

  int64_t size() const { return static_cast<int64_t>(numbers.size()) / (kPairs * kNumbers); }
  int64_t number(int64_t index, int64_t pair, int64_t place) const {
    return numbers[static_cast<size_t>((index * kPairs + pair) * kNumbers + place)];
  }
  // Its last digits are the answer.
  int64_t sum(int64_t index, int64_t pair) const {
    return number(index, pair, 0) + number(index, pair, 1);
  }
};

// As the code of Csordas et al. 2021 draws them with numpy: the first pair of all exercises, then
// the second, numbers below 10^digits.
Sums draw_sums(int64_t count, int64_t digits, uint32_t seed);

}  // namespace modhost_tuple_arithmetic
