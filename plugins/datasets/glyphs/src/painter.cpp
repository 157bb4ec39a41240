#include "painter.h"

#include <modhost/random.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "glyph.h"

namespace modhost_glyphs {
namespace {

using modhost::RandomStream;

constexpr double kWholeTurn = 6.283185307179586;  // radians

constexpr double kWobble = 0.07;     // of each point of a stroke at jitter 1, in units of the glyph
constexpr double kThinnest = 0.022;  // half the stroke, in sides
constexpr double kThickest = 0.05;
constexpr double kContrast = 0.4;  // between glyph and ground, mean over the channels
constexpr double kGradient = 0.2;  // change of the ground across the image

using Color = std::array<double, 3>;

Color random_color(RandomStream& random) {
  Color out;
  for (double& value : out) value = random.uniform();
  return out;
}

// One image in the making, in floating point.
class Canvas {
 public:
  explicit Canvas(const Look& look)
      : side_(look.side),
        channels_(look.channels),
        pixels_(static_cast<size_t>(channels_ * side_ * side_)),
        cover_(static_cast<size_t>(side_ * side_)) {}

  // A ground that changes evenly in a random direction.
  void fill(const Color& color, RandomStream& random) {
    const double angle = between(random, 0, kWholeTurn);
    const double across = std::cos(angle) / static_cast<double>(side_);
    const double down = std::sin(angle) / static_cast<double>(side_);
    for (int64_t channel = 0; channel < channels_; ++channel) {
      const double change = between(random, -kGradient, kGradient);
      float* at = plane(channel);
      for (int64_t y = 0; y < side_; ++y) {
        const double row =
            color[channel] + change * (down * (y - 0.5 * side_) - 0.5 * across * side_);
        for (int64_t x = 0; x < side_; ++x) {
          *at++ = static_cast<float>(row + change * across * static_cast<double>(x));
        }
      }
    }
  }

  // Adds a piece of a stroke to what the next color() paints.
  void line(Point from, Point to, double half_width) {
    add_line(from, to, half_width, side_, cover_.data());
  }

  void color(const Color& value) {
    for (int64_t channel = 0; channel < channels_; ++channel) {
      float* at = plane(channel);
      const auto paint = static_cast<float>(value[channel]);
      for (size_t i = 0; i < cover_.size(); ++i) at[i] += cover_[i] * (paint - at[i]);
    }
    std::fill(cover_.begin(), cover_.end(), 0.0F);
  }

  // Rounds to bytes, with noise: the sum of four uniform bytes is near enough to normal.
  void develop(double noise, uint64_t seed, uint8_t* out) const {
    const auto scale = static_cast<float>(255 * noise / std::sqrt(4 * (256.0 * 256 - 1) / 12));
    for (size_t at = 0; at < pixels_.size(); at += 4) {
      const auto words = modhost::philox({static_cast<uint32_t>(at), 0, 0, 0}, seed);
      for (size_t i = at; i < std::min(at + 4, pixels_.size()); ++i) {
        const uint32_t word = words[i - at];
        const auto sum = static_cast<float>((word & 255) + (word >> 8 & 255) + (word >> 16 & 255) +
                                            (word >> 24));
        const float value = 255 * pixels_[i] + scale * (sum - 510);
        out[i] = static_cast<uint8_t>(std::clamp(value, 0.0F, 255.0F) + 0.5F);
      }
    }
  }

 private:
  float* plane(int64_t channel) { return &pixels_[static_cast<size_t>(channel * side_ * side_)]; }

  int64_t side_, channels_;
  std::vector<float> pixels_;  // [channels, side, side], 0 .. 1
  std::vector<float> cover_;   // [side, side], 0 .. 1
};

void add_clutter(Canvas& canvas, const Look& look, RandomStream& random) {
  const auto side = static_cast<double>(look.side);
  for (int64_t i = 0; i < look.clutter; ++i) {
    const Point from{between(random, 0, side), between(random, 0, side)};
    const double angle = between(random, 0, kWholeTurn);
    const double length = side * between(random, 0.1, 0.35);
    const double half_width = side * between(random, kThinnest, kThickest);
    canvas.line(from, {from.x + length * std::cos(angle), from.y + length * std::sin(angle)},
                half_width);
    canvas.color(random_color(random));
  }
}

void add_glyph(Canvas& canvas, int glyph, const Look& look, const Color& color,
               RandomStream& random) {
  const Placing placing = random_placing(random, look.side, look.jitter);
  const double half_width = static_cast<double>(look.side) * between(random, kThinnest, kThickest);
  const auto wobble = [&] { return look.jitter * between(random, -kWobble, kWobble); };
  for (const Stroke& stroke : glyph_strokes(glyph)) {
    std::vector<Point> points;
    for (const Point& point : stroke) {
      points.push_back(placing({point.x + wobble(), point.y + wobble()}));
    }
    for (size_t i = 1; i < points.size(); ++i) canvas.line(points[i - 1], points[i], half_width);
  }
  canvas.color(color);
}

double contrast(const Color& one, const Color& other, int64_t channels) {
  double sum = 0;
  for (int64_t channel = 0; channel < channels; ++channel) {
    sum += std::abs(one[channel] - other[channel]);
  }
  return sum / static_cast<double>(channels);
}

}  // namespace

void paint_glyph(int glyph, const Look& look, uint64_t seed, uint8_t* pixels) {
  RandomStream random(seed);
  const Color ground = random_color(random);
  Color ink = random_color(random);
  while (contrast(ground, ink, look.channels) < kContrast) ink = random_color(random);
  Canvas canvas(look);
  canvas.fill(ground, random);
  add_clutter(canvas, look, random);
  add_glyph(canvas, glyph, look, ink, random);
  canvas.develop(look.noise, modhost::derive_seed(seed, "noise"), pixels);
}

}  // namespace modhost_glyphs
