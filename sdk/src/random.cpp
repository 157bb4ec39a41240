#include "modhost/random.h"

#include <cmath>
#include <numeric>
#include <utility>

namespace modhost {
inline namespace v1 {
namespace {

// The finaliser of MurmurHash3: every input bit changes every output bit with probability 1/2.
uint64_t mix(uint64_t value) {
  value ^= value >> 33;
  value *= 0xff51afd7ed558ccdULL;
  value ^= value >> 33;
  value *= 0xc4ceb9fe1a85ec53ULL;
  value ^= value >> 33;
  return value;
}

PhiloxCounter words_at(uint64_t seed, uint64_t position) {
  const uint64_t block = position / 4;
  return philox({static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32), 0, 0}, seed);
}

// The next two words, the first one high; they mostly come from one block.
uint64_t two_words(uint64_t seed, uint64_t& position) {
  const PhiloxCounter words = words_at(seed, position);
  const uint64_t high = words[position++ % 4];
  const uint32_t low = position % 4 != 0 ? words[position % 4] : words_at(seed, position)[0];
  ++position;
  return (high << 32) | low;
}

}  // namespace

uint64_t derive_seed(uint64_t parent, std::string_view purpose) {
  uint64_t hash = 0xcbf29ce484222325ULL ^ mix(parent + 0x9e3779b97f4a7c15ULL);
  for (const char letter : purpose) {
    hash ^= static_cast<unsigned char>(letter);
    hash *= 0x100000001b3ULL;
  }
  return mix(hash);
}

uint64_t derive_seed(uint64_t parent, uint64_t number) {
  return mix(mix(parent + 0x9e3779b97f4a7c15ULL) ^ (number + 0x632be59bd9b4e019ULL));
}

uint32_t RandomStream::next() {
  const PhiloxCounter words = words_at(seed_, position_);
  return words[position_++ % 4];
}

uint64_t RandomStream::below(uint64_t bound) {
  for (;;) {
    const uint64_t value = two_words(seed_, position_);
    // Reject what would favour small numbers; only near the top the exact limit has to be known.
    if (value <= UINT64_MAX - bound || value < bound * (UINT64_MAX / bound)) return value % bound;
  }
}

double RandomStream::uniform() {
  return static_cast<double>(two_words(seed_, position_) >> 11) * 0x1p-53;
}

double RandomStream::normal() {
  const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));
  return radius * std::cos(2.0 * 3.14159265358979323846 * uniform());
}

std::vector<int64_t> permutation(int64_t count, uint64_t seed) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  RandomStream random(seed);
  for (size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[random.below(left)]);
  }
  return order;
}

}  // namespace v1
}  // namespace modhost
