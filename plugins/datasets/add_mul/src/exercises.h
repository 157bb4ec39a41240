// Exercises: two numbers and what to do with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace modhost_add_mul {

enum Operation : uint8_t { kAdd, kMultiply };
constexpr int kOperations = 2;

struct Exercises {
  std::vector<uint16_t> numbers;   // [count, 2]
  std::vector<uint8_t> operation;  // [count]

  int64_t size() const { return static_cast<int64_t>(operation.size()); }
  // Sum or product, of which the last digits count: modulo 10^digits.
  int64_t answer(int64_t index, int64_t modulus) const;
  // With that operation, whatever the exercise asks for.
  int64_t answer(int64_t index, int64_t modulus, Operation wanted) const;
  // All exercises with this operation, in order.
  std::vector<int64_t> with(Operation wanted) const;
};

// As the code of Csordas et al. 2021 draws them with numpy: all numbers below 10^digits first, then
// all operations.
Exercises draw_exercises(int64_t count, int64_t digits, uint32_t seed);

}  // namespace modhost_add_mul
