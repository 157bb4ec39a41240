#include "pattern.h"

#include <modhost/random.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace modhost_patterns {
namespace {

using modhost::RandomStream;

constexpr uint8_t kWhite = 255;

int64_t draw(RandomStream& random, int64_t bound) {
  return static_cast<int64_t>(random.below(static_cast<uint64_t>(bound)));
}

}  // namespace

int64_t draw_lines(uint64_t seed, int64_t side, uint8_t* pixels) {
  RandomStream random(seed);
  const int64_t count = 1 + draw(random, kClasses);
  std::vector<int64_t> columns(static_cast<size_t>(side));
  std::iota(columns.begin(), columns.end(), int64_t{0});
  std::fill_n(pixels, side * side, uint8_t{0});
  for (int64_t line = 0; line < count; ++line) {
    std::swap(columns[static_cast<size_t>(line)],
              columns[static_cast<size_t>(line + draw(random, side - line))]);
    const int64_t column = columns[static_cast<size_t>(line)];
    for (int64_t row = 0; row < side; ++row) pixels[row * side + column] = kWhite;
  }
  return count - 1;
}

int64_t draw_circles(uint64_t seed, int64_t side, int64_t radius, uint8_t* pixels) {
  RandomStream random(seed);
  const int64_t count = draw(random, kClasses);
  std::fill_n(pixels, side * side, uint8_t{0});
  for (int64_t circle = 0; circle < count; ++circle) {
    const int64_t x = radius + draw(random, side - 2 * radius);
    const int64_t y = radius + draw(random, side - 2 * radius);
    for (int64_t row = y - radius; row <= y + radius; ++row) {
      for (int64_t column = x - radius; column <= x + radius; ++column) {
        const double away =
            std::hypot(static_cast<double>(row - y), static_cast<double>(column - x));
        if (std::abs(away - static_cast<double>(radius)) > 0.5) continue;
        pixels[row * side + column] = kWhite;
      }
    }
  }
  return count;
}

int64_t draw_noise(uint64_t seed, int64_t side, uint8_t* pixels) {
  RandomStream random(seed);
  for (int64_t i = 0; i < side * side; ++i) pixels[i] = static_cast<uint8_t>(random.next() >> 24);
  return draw(random, kClasses);
}

}  // namespace modhost_patterns
