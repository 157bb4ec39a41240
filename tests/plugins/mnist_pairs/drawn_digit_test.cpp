#include "drawn_digit.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

using namespace modhost_mnist_pairs;

namespace {

using Pixels = std::vector<uint8_t>;

Pixels drawn(int digit, uint64_t seed) {
  Pixels out(kDigitPixels);
  draw_digit(digit, seed, out.data());
  return out;
}

int64_t squared_distance(const Pixels& a, const Pixels& b) {
  int64_t out = 0;
  for (size_t p = 0; p < a.size(); ++p) out += (a[p] - b[p]) * (a[p] - b[p]);
  return out;
}

}  // namespace

TEST_CASE("a drawn digit is a function of digit and seed", "[mnist_pairs]") {
  for (int digit = 0; digit < kDigits; ++digit) {
    CHECK(drawn(digit, 7) == drawn(digit, 7));
    CHECK(drawn(digit, 7) != drawn(digit, 8));
    CHECK(drawn(digit, 7) != drawn((digit + 1) % kDigits, 7));
  }
}

TEST_CASE("digits are white on black and stay inside of the image", "[mnist_pairs]") {
  for (int digit = 0; digit < kDigits; ++digit) {
    for (uint64_t seed = 0; seed < 200; ++seed) {
      const Pixels pixels = drawn(digit, seed);
      CAPTURE(digit, seed);
      // The thinnest stroke is 2 * 0.035 * 28 = 1.96 pixels wide, so some pixel is all ink or
      // nearly; a digit is at least half an image high, and most of the image is ground.
      CHECK(*std::max_element(pixels.begin(), pixels.end()) > 200);
      CHECK(std::count(pixels.begin(), pixels.end(), 0) > kDigitPixels / 2);
      CHECK(std::accumulate(pixels.begin(), pixels.end(), 0) > 255 * 10);
      int64_t edge = 0;
      for (int64_t i = 0; i < kDigitSide; ++i) {
        for (const int64_t p : {i, kDigitPixels - 1 - i, i * kDigitSide, i * kDigitSide + 27}) {
          edge += pixels[static_cast<size_t>(p)];
        }
      }
      CHECK(edge <= 255 * 6);  // the end of a stroke at most
    }
  }
}

// Of ten classes a guess would know a tenth.
TEST_CASE("drawn digits are told apart by the most alike of other images", "[mnist_pairs]") {
  constexpr int kKnown = 100, kAsked = 30;  // of each digit
  std::vector<Pixels> known;
  for (int i = 0; i < kKnown * kDigits; ++i) {
    known.push_back(drawn(i / kKnown, 1000 + static_cast<uint64_t>(i)));
  }
  int right = 0;
  for (int digit = 0; digit < kDigits; ++digit) {
    int own = 0;
    for (uint64_t seed = 0; seed < kAsked; ++seed) {
      const Pixels asked = drawn(digit, seed);
      const auto nearest =
          std::min_element(known.begin(), known.end(), [&](const Pixels& a, const Pixels& b) {
            return squared_distance(a, asked) < squared_distance(b, asked);
          });
      own += (nearest - known.begin()) / kKnown == digit ? 1 : 0;
    }
    CAPTURE(digit, own);
    CHECK(own >= 0.75 * kAsked);
    right += own;
  }
  CHECK(right >= 0.9 * kDigits * kAsked);
}

TEST_CASE("the ways to write a digit are lines within it", "[mnist_pairs]") {
  for (int digit = 0; digit < kDigits; ++digit) {
    REQUIRE(!writings(digit).empty());
    for (const Writing& way : writings(digit)) {
      for (const auto& stroke : way) {
        REQUIRE(stroke.size() >= 2);
        for (const auto& point : stroke) {
          CHECK(std::abs(point.x) <= 1);
          CHECK(std::abs(point.y) <= 1);
        }
      }
    }
  }
  CHECK(writings(7).size() == 2);
}
