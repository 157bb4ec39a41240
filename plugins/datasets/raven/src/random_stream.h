// A small random generator with 64 bits of state, so that each problem can have its own.
#pragma once

#include <cstdint>
#include <string_view>

namespace modhost::raven {

// The finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
constexpr uint64_t mix_bits(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

constexpr uint64_t hash_with(uint64_t hash, uint64_t value) {
  return mix_bits(hash + 0x9e3779b97f4a7c15u + mix_bits(value + 0x9e3779b97f4a7c15u));
}

constexpr uint64_t hash_text(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return mix_bits(hash);
}

class RandomStream {
 public:
  explicit RandomStream(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    return mix_bits(state_);
  }

  // Uniform in [0, count), count >= 1. The bias is below count / 2^32.
  int below(int count) {
    return static_cast<int>(((next() >> 32) * static_cast<uint64_t>(count)) >> 32);
  }

  // Uniform in [low, high], both included.
  int between(int low, int high) { return low + below(high - low + 1); }

  // A random order of the first `count` elements; the first `needed` are a uniform sample.
  template <typename T>
  void shuffle(T* items, int count, int needed) {
    for (int chosen = 0; chosen < needed && chosen + 1 < count; ++chosen) {
      const int other = between(chosen, count - 1);
      const T held = items[chosen];
      items[chosen] = items[other];
      items[other] = held;
    }
  }

 private:
  uint64_t state_;
};

}  // namespace modhost::raven
