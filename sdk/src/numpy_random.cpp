#include "modhost/numpy_random.h"

#include <numeric>
#include <utility>

namespace modhost {
inline namespace v1 {

uint32_t NumpyRandom::below(uint32_t bound) {
  const uint32_t largest = bound - 1;
  if (largest == 0) return 0;
  uint32_t mask = largest;
  for (const int shift : {1, 2, 4, 8, 16}) mask |= mask >> shift;
  for (;;) {
    const auto value = static_cast<uint32_t>(engine_()) & mask;
    if (value <= largest) return value;
  }
}

double NumpyRandom::uniform() {
  const auto high = static_cast<uint32_t>(engine_()) >> 5;
  const auto low = static_cast<uint32_t>(engine_()) >> 6;
  return (static_cast<double>(high) * 0x1p26 + static_cast<double>(low)) * 0x1p-53;
}

std::vector<int64_t> NumpyRandom::permutation(int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  for (size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[below(static_cast<uint32_t>(left))]);
  }
  return order;
}

}  // namespace v1
}  // namespace modhost
