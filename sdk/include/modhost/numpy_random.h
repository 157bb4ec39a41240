// The random numbers of numpy.random.RandomState(seed), bit for bit, for data sets that were
// published as a program in Python. Everything else takes modhost/random.h.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace modhost {
inline namespace v1 {

class NumpyRandom {
 public:
  explicit NumpyRandom(uint32_t seed) : engine_(seed) {}

  // randint(0, bound), bound >= 1; nothing is drawn for a bound of 1. Also what
  // randint(0, bound, size) puts in each place, in the order of memory.
  uint32_t below(uint32_t bound);
  // rand(): [0, 1) with 53 bits.
  double uniform();
  // permutation(count); its first k elements are choice(count, k, replace=False).
  std::vector<int64_t> permutation(int64_t count);

 private:
  std::mt19937 engine_;
};

}  // namespace v1
}  // namespace modhost
