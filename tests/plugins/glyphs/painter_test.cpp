#include "painter.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <vector>

#include "glyph.h"

using namespace modhost_glyphs;

namespace {

using Pixels = std::vector<uint8_t>;

Pixels painted(int glyph, const Look& look, uint64_t seed) {
  Pixels out(static_cast<size_t>(look.channels * look.side * look.side));
  paint_glyph(glyph, look, seed, out.data());
  return out;
}

// Upright, alone and without noise.
Look plain(int64_t side, int64_t channels = 1) {
  Look look;
  look.side = side;
  look.channels = channels;
  look.jitter = 0;
  look.clutter = 0;
  look.noise = 0;
  return look;
}

// From a point to the nearest stroke, in units of the glyph; the strokes are walked in small steps.
double distance_to(int glyph, Point point) {
  constexpr int kSteps = 200;
  double nearest = 10;
  for (const Stroke& stroke : glyph_strokes(glyph)) {
    for (size_t i = 1; i < stroke.size(); ++i) {
      for (int step = 0; step <= kSteps; ++step) {
        const double t = static_cast<double>(step) / kSteps;
        const double x = stroke[i - 1].x * (1 - t) + stroke[i].x * t;
        const double y = stroke[i - 1].y * (1 - t) + stroke[i].y * t;
        nearest = std::min(nearest, std::hypot(x - point.x, y - point.y));
      }
    }
  }
  return nearest;
}

}  // namespace

// An upright glyph fills three quarters of the image; its strokes are 2.2 to 5 % of a side to each
// side of their middle: 0.059 to 0.133 units.
TEST_CASE("a plain glyph has ink on its strokes and none beside them", "[glyphs]") {
  constexpr int64_t kSide = 64;
  const double unit = 0.75 * kSide / 2, pixel = 1 / unit;
  for (int glyph = 0; glyph < kGlyphs; ++glyph) {
    CAPTURE(glyph_names()[glyph]);
    const Pixels pixels = painted(glyph, plain(kSide), 5);
    // The ground changes across the image by less than the contrast between glyph and ground.
    int on = 0, right = 0, off = 0, clear = 0;
    const int ground = pixels[0];
    for (int64_t y = 0; y < kSide; ++y) {
      for (int64_t x = 0; x < kSide; ++x) {
        const Point point{(x + 0.5 - kSide / 2.0) / unit, (y + 0.5 - kSide / 2.0) / unit};
        const double distance = distance_to(glyph, point);
        const bool dark = std::abs(pixels[y * kSide + x] - ground) > 0.3 * 255;
        if (distance < 0.059 - pixel / 2) {
          ++on;
          right += dark;
        } else if (distance > 0.133 + pixel) {
          ++off;
          clear += !dark;
        }
      }
    }
    CHECK(on > 20);
    CHECK(right == on);
    CHECK(off > 1000);
    CHECK(clear == off);
  }
}

TEST_CASE("an image is a function of glyph, look and seed", "[glyphs]") {
  const Look look;
  const Pixels image = painted(3, look, 9);
  CHECK(painted(3, look, 9) == image);
  CHECK(painted(3, look, 10) != image);
  CHECK(painted(4, look, 9) != image);
}

TEST_CASE("noise has the standard deviation that was asked for", "[glyphs]") {
  Look look = plain(64, 3);
  double sum = 0, squares = 0;
  int64_t count = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    look.noise = 0;
    const Pixels clean = painted(0, look, seed);
    look.noise = 0.05;
    const Pixels noisy = painted(0, look, seed);
    for (size_t i = 0; i < clean.size(); ++i) {
      if (clean[i] < 60 || clean[i] > 195) continue;  // might be cut off at black or white
      const double change = noisy[i] - clean[i];
      sum += change;
      squares += change * change;
      ++count;
    }
  }
  REQUIRE(count > 10000);
  const double mean = sum / count, deviation = std::sqrt(squares / count - mean * mean);
  const double expected = 0.05 * 255;
  CHECK(std::abs(mean) < 5 * expected / std::sqrt(count));
  // Rounding to bytes adds a variance of about 2/12; the sample error of a deviation is s /
  // sqrt(2n).
  CHECK(deviation == Approx(std::sqrt(expected * expected + 1.0 / 6))
                         .margin(5 * expected / std::sqrt(2.0 * count)));
}

TEST_CASE("every image shows a glyph that stands out, at any size and in grey", "[glyphs]") {
  for (const int64_t side : {16, 24, 64}) {
    for (const int64_t channels : {1, 3}) {
      Look look;
      look.side = side;
      look.channels = channels;
      look.clutter = 0;
      look.noise = 0;
      for (uint64_t seed = 0; seed < 50; ++seed) {
        const Pixels pixels = painted(static_cast<int>(seed % kGlyphs), look, seed);
        double range = 0;
        for (int64_t channel = 0; channel < channels; ++channel) {
          const auto begin = pixels.begin() + channel * side * side;
          const auto [low, high] = std::minmax_element(begin, begin + side * side);
          range += *high - *low;
        }
        CHECK(range / channels > 0.25 * 255);
      }
    }
  }
}

TEST_CASE("strokes behind the glyph change the image", "[glyphs]") {
  Look look = plain(32, 3);
  const Pixels alone = painted(2, look, 1);
  look.clutter = 5;
  CHECK(painted(2, look, 1) != alone);
}

TEST_CASE("the glyphs have names of their own", "[glyphs]") {
  const auto& names = glyph_names();
  CHECK(names.size() == kGlyphs);
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == kGlyphs);
}
