// Counter-based random numbers: a number is a function of (key, counter), so it does not depend on
// threads, on blocking, or on what was drawn before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace modhost {
inline namespace v1 {

// Philox4x32, with 10 rounds unless said otherwise (Salmon, Moraes, Dror, Shaw 2011, "Parallel
// random numbers: as easy as 1, 2, 3").
using PhiloxCounter = std::array<uint32_t, 4>;

template <int kRounds = 10>
inline PhiloxCounter philox(PhiloxCounter counter, uint64_t key) {
  auto k0 = static_cast<uint32_t>(key);
  auto k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53} * counter[0];
    const uint64_t p1 = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(p1 >> 32) ^ counter[1] ^ k0, static_cast<uint32_t>(p1),
               static_cast<uint32_t>(p0 >> 32) ^ counter[3] ^ k1, static_cast<uint32_t>(p0)};
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return counter;
}

// Uniform on the open interval (0, 1): odd multiples of 2^-24, never 0 or 1, exact in float.
inline float uniform_from_bits(uint32_t bits) {
  return (static_cast<float>(bits >> 9) + 0.5F) * 0x1p-23F;
}

// A seed of its own for each purpose, from a parent seed and a name (64-bit hash).
uint64_t derive_seed(uint64_t parent, std::string_view purpose);
uint64_t derive_seed(uint64_t parent, uint64_t number);

// A stream of random numbers; its whole state is one counter, so it can be saved and resumed.
class RandomStream {
 public:
  explicit RandomStream(uint64_t seed, uint64_t position = 0) : seed_(seed), position_(position) {}

  uint32_t next();
  uint64_t below(uint64_t bound);  // uniform on 0 .. bound-1, bound >= 1, unbiased
  double uniform();                // [0, 1) with 53 bits
  double normal();                 // Box-Muller, one value a call

 private:
  uint64_t seed_;
  uint64_t position_;
};

// A uniformly random order of 0 .. count-1.
std::vector<int64_t> permutation(int64_t count, uint64_t seed);

}  // namespace v1
}  // namespace modhost
