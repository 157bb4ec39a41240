#include "exercises.h"

#include <modhost/digits.h>
#include <modhost/numpy_random.h>

namespace modhost_add_mul {

int64_t Exercises::answer(int64_t index, int64_t modulus) const {
  return answer(index, modulus, static_cast<Operation>(operation[static_cast<size_t>(index)]));
}

int64_t Exercises::answer(int64_t index, int64_t modulus, Operation wanted) const {
  const auto at = static_cast<size_t>(index);
  const int64_t first = numbers[2 * at];
  const int64_t second = numbers[2 * at + 1];
  return (wanted == kAdd ? first + second : first * second) % modulus;
}

std::vector<int64_t> Exercises::with(Operation wanted) const {
  std::vector<int64_t> out;
  for (int64_t index = 0; index < size(); ++index) {
    if (operation[static_cast<size_t>(index)] == wanted) out.push_back(index);
  }
  return out;
}

Exercises draw_exercises(int64_t count, int64_t digits, uint32_t seed) {
  modhost::NumpyRandom random(seed);
  const auto bound = static_cast<uint32_t>(modhost::power_of_ten(digits));
  Exercises out;
  out.numbers.resize(2 * static_cast<size_t>(count));
  out.operation.resize(static_cast<size_t>(count));
  for (uint16_t& number : out.numbers) number = static_cast<uint16_t>(random.below(bound));
  for (uint8_t& operation : out.operation) {
    operation = static_cast<uint8_t>(random.below(kOperations));
  }
  return out;
}

}  // namespace modhost_add_mul
