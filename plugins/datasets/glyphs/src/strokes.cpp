#include "strokes.h"

#include <algorithm>
#include <cmath>

namespace modhost_glyphs {
namespace {

using modhost::RandomStream;

// At jitter 1.
constexpr double kTurn = 0.3;      // radians: 17 degrees
constexpr double kShear = 0.15;    // of a height
constexpr double kStretch = 0.25;  // of the logarithm of width : height
constexpr double kSmallest = 0.6;  // half the sign, in half sides
constexpr double kLargest = 0.85;
constexpr double kUpright = 0.75;  // the same, at jitter 0

double root_of_squares(double x, double y) { return std::sqrt(x * x + y * y); }

}  // namespace

Stroke arc(Point centre, double radius, double from, double to, int pieces) {
  Stroke out;
  for (int i = 0; i <= pieces; ++i) {
    const double angle = from + (to - from) * i / pieces;
    out.push_back({centre.x + radius * std::cos(angle), centre.y + radius * std::sin(angle)});
  }
  return out;
}

double between(RandomStream& random, double low, double high) {
  return low + (high - low) * random.uniform();
}

Placing random_placing(RandomStream& random, int64_t side, double jitter) {
  const double half = 0.5 * static_cast<double>(side);
  const auto vary = [&](double most) { return jitter * between(random, -most, most); };
  const double low = kUpright + jitter * (kSmallest - kUpright);
  const double high = kUpright + jitter * (kLargest - kUpright);
  const double size = between(random, low, high);
  const double stretch = std::exp(0.5 * vary(kStretch));
  const double angle = vary(kTurn), shear = vary(kShear);
  const double free = std::max(0.0, 1 - size);  // what is left beside the sign, in half sides
  const double x = half * (1 + vary(free)), y = half * (1 + vary(free));
  const double c = half * size * std::cos(angle), s = half * size * std::sin(angle);
  return {c * stretch, (c * shear - s) / stretch, s * stretch, (s * shear + c) / stretch, {x, y}};
}

void add_line(Point from, Point to, double half_width, int64_t side, float* cover) {
  const auto inside = [side](double at) {
    return std::clamp(static_cast<int64_t>(std::floor(at)), int64_t{0}, side - 1);
  };
  const double reach = half_width + 1;
  const int64_t left = inside(std::min(from.x, to.x) - reach);
  const int64_t right = inside(std::max(from.x, to.x) + reach);
  const int64_t top = inside(std::min(from.y, to.y) - reach);
  const int64_t bottom = inside(std::max(from.y, to.y) + reach);
  const double dx = to.x - from.x, dy = to.y - from.y;
  const double length = std::max(dx * dx + dy * dy, 1e-9);
  for (int64_t y = top; y <= bottom; ++y) {
    for (int64_t x = left; x <= right; ++x) {
      const double px = static_cast<double>(x) + 0.5 - from.x;
      const double py = static_cast<double>(y) + 0.5 - from.y;
      const double along = std::clamp((px * dx + py * dy) / length, 0.0, 1.0);
      const double distance = root_of_squares(px - along * dx, py - along * dy);
      float& share = cover[y * side + x];
      share =
          std::max(share, static_cast<float>(std::clamp(half_width + 0.5 - distance, 0.0, 1.0)));
    }
  }
}

}  // namespace modhost_glyphs
