#include "modhost/shuffle.h"

#include <utility>

#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace {

// Words of Philox with 7 rounds, the fewest without known failures (Salmon et al. 2011), many at a
// time: their blocks do not wait for each other.
class Words {
 public:
  explicit Words(uint64_t seed) : seed_(seed) {}

  uint32_t next() {
    if (at_ == kWords) refill();
    return words_[at_++];
  }

  // Uniform on 0 .. bound - 1 (Lemire 2019, "Fast random integer generation in an interval").
  uint64_t below(uint64_t bound) {
    if (bound >> 32 != 0) return wide_below(bound);
    uint64_t product = next() * bound;
    if (static_cast<uint32_t>(product) < bound) {
      const auto unfair = static_cast<uint32_t>((uint64_t{1} << 32) % bound);
      while (static_cast<uint32_t>(product) < unfair) product = next() * bound;
    }
    return product >> 32;
  }

 private:
  static constexpr int kWords = 256;

  uint64_t wide_below(uint64_t bound) {
    const uint64_t limit = bound * (UINT64_MAX / bound);
    for (;;) {
      const uint64_t high = next();
      const uint64_t value = (high << 32) | next();
      if (value < limit) return value % bound;
    }
  }

  void refill() {
    for (int i = 0; i < kWords; i += 4, ++block_) {
      const PhiloxCounter four = philox<7>(
          {static_cast<uint32_t>(block_), static_cast<uint32_t>(block_ >> 32), 0, 0}, seed_);
      for (int j = 0; j < 4; ++j) words_[i + j] = four[j];
    }
    at_ = 0;
  }

  uint64_t seed_, block_ = 0;
  int at_ = kWords;
  uint32_t words_[kWords];
};

}  // namespace

void shuffle_values(double* values, int64_t count, uint64_t seed) {
  Words words(seed);
  for (auto left = static_cast<uint64_t>(count); left > 1; --left) {
    std::swap(values[left - 1], values[words.below(left)]);
  }
}

std::vector<size_t> swap_ends(std::vector<size_t> places, size_t count, size_t columns,
                              RandomStream& random) {
  if (places.size() == count || places.size() < 2) return places;  // nothing is free, or moves
  std::vector<bool> taken(count, false);
  for (const size_t place : places) taken[place] = true;
  for (size_t attempt = 0; attempt < 10 * places.size(); ++attempt) {
    size_t& a = places[random.below(places.size())];
    size_t& b = places[random.below(places.size())];
    const size_t first = a / columns * columns + b % columns;
    const size_t second = b / columns * columns + a % columns;
    if (taken[first] || taken[second]) continue;
    taken[a] = taken[b] = false;
    a = first;
    b = second;
    taken[a] = taken[b] = true;
  }
  return places;
}

}  // namespace v1
}  // namespace modhost
