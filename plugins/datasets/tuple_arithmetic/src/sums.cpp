#include "sums.h"

#include <modhost/digits.h>
#include <modhost/numpy_random.h>

namespace modhost_tuple_arithmetic {

Sums draw_sums(int64_t count, int64_t digits, uint32_t seed) {
  modhost::NumpyRandom random(seed);
  const auto bound = static_cast<uint32_t>(modhost::power_of_ten(digits));
  Sums out;
  out.numbers.resize(static_cast<size_t>(count * kPairs * kNumbers));
  for (int64_t pair = 0; pair < kPairs; ++pair) {
    for (int64_t index = 0; index < count; ++index) {
      auto* numbers = &out.numbers[static_cast<size_t>((index * kPairs + pair) * kNumbers)];
      for (int64_t place = 0; place < kNumbers; ++place) {
        numbers[place] = static_cast<uint16_t>(random.below(bound));
      }
    }
  }
  return out;
}

}  // namespace modhost_tuple_arithmetic
