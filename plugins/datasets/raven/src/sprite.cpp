#include "sprite.h"

#include <algorithm>
#include <cmath>

namespace modhost::raven {
namespace {

constexpr double kPi = 3.14159265358979323846;
// How far the line of width 2 reaches from the edge. Chosen against entities drawn by the original
// renderer, whose lines are integer polygons and therefore a little wider on oblique edges.
constexpr double kStraightReach = 1.2;
constexpr double kObliqueReach = 1.45;
constexpr double kDiscMargin = 0.3;
constexpr int kFraction = 32;  // source coordinates are rounded to 1/32 pixel
constexpr int kFull = kFraction * kFraction;

enum Cell : uint8_t { kGround, kInside, kLine };

// The shape before rotation, (2 half + 1) pixels square.
struct Raster {
  int half;
  std::vector<uint8_t> cells;

  int side() const { return 2 * half + 1; }
  uint8_t at(int x, int y) const {
    if (x < -half || x > half || y < -half || y > half) return kGround;
    return cells[static_cast<size_t>((y + half) * side() + x + half)];
  }
};

double distance_to_edge(Point a, Point b, int x, int y) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double length = dx * dx + dy * dy;
  double t = length > 0 ? ((x - a.x) * dx + (y - a.y) * dy) / length : 0;
  t = std::clamp(t, 0.0, 1.0);
  return std::hypot(x - a.x - t * dx, y - a.y - t * dy);
}

Cell polygon_cell(const ShapeOutline& outline, double reach, int x, int y) {
  bool left = true;
  bool right = true;
  for (int index = 0; index < outline.corners; ++index) {
    const Point a = outline.corner[static_cast<size_t>(index)];
    const Point b = outline.corner[static_cast<size_t>((index + 1) % outline.corners)];
    const int cross = (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
    left = left && cross >= 0;
    right = right && cross <= 0;
    // The bounding box spares most distances.
    if (x < std::min(a.x, b.x) - 2 || x > std::max(a.x, b.x) + 2 || y < std::min(a.y, b.y) - 2 ||
        y > std::max(a.y, b.y) + 2) {
      continue;
    }
    if (distance_to_edge(a, b, x, y) <= reach) return kLine;
  }
  return left || right ? kInside : kGround;
}

Cell circle_cell(int radius, int x, int y) {
  const double distance = std::hypot(x, y);
  if (std::abs(distance - radius) <= kObliqueReach) return kLine;
  return distance <= radius + kDiscMargin ? kInside : kGround;
}

Raster rasterise(const ShapeOutline& outline) {
  int extent = outline.reach;
  for (int index = 0; index < outline.corners; ++index) {
    const Point corner = outline.corner[static_cast<size_t>(index)];
    extent = std::max(extent, static_cast<int>(std::ceil(std::hypot(corner.x, corner.y))));
  }
  Raster raster = {extent + 3, {}};
  raster.cells.resize(static_cast<size_t>(raster.side()) * static_cast<size_t>(raster.side()));
  const double reach =
      outline.corners == 3 || outline.corners == 4 ? kStraightReach : kObliqueReach;
  const int box = outline.reach + 3;
  for (int y = -box; y <= box; ++y) {
    for (int x = -box; x <= box; ++x) {
      raster.cells[static_cast<size_t>((y + raster.half) * raster.side() + x + raster.half)] =
          outline.corners == 0 ? circle_cell(outline.reach, x, y)
                               : polygon_cell(outline, reach, x, y);
    }
  }
  return raster;
}

// How much of a rotated pixel is inside and how much is line, in 1/1024.
struct Cover {
  uint16_t inside, line;
};

Cover cover_at(const Raster& raster, double cosine, double sine, int x, int y) {
  const auto fixed = [](double v) { return static_cast<int>(std::floor(v * kFraction + 0.5)); };
  const int source_x = fixed(cosine * x - sine * y);
  const int source_y = fixed(sine * x + cosine * y);
  const int left = source_x >> 5;
  const int top = source_y >> 5;
  const int right_part = source_x & (kFraction - 1);
  const int bottom_part = source_y & (kFraction - 1);
  Cover cover = {0, 0};
  for (int dy = 0; dy < 2; ++dy) {
    for (int dx = 0; dx < 2; ++dx) {
      const int weight = (dx == 1 ? right_part : kFraction - right_part) *
                         (dy == 1 ? bottom_part : kFraction - bottom_part);
      if (weight == 0) continue;
      const uint8_t cell = raster.at(left + dx, top + dy);
      if (cell == kInside) cover.inside = static_cast<uint16_t>(cover.inside + weight);
      if (cell == kLine) cover.line = static_cast<uint16_t>(cover.line + weight);
    }
  }
  return cover;
}

int ink(const Cover& cover, int fill) {
  return (cover.inside * fill + cover.line * 255 + kFull / 2) / kFull;
}

void extend(std::vector<Run>& runs, int x, int y) {
  if (!runs.empty() && runs.back().y == y && runs.back().x + runs.back().length == x) {
    ++runs.back().length;
  } else {
    runs.push_back({static_cast<int16_t>(y), static_cast<int16_t>(x), 1});
  }
}

}  // namespace

size_t SpriteFamily::bytes() const {
  size_t total = sizeof(*this) + (filled.size() + outline.size() + solid.size()) * sizeof(Run);
  for (const Sprite& sprite : sprites) total += sizeof(sprite) + sprite.pixels.size();
  return total;
}

void build_sprites(const ShapeOutline& outline, double degrees, const std::vector<int>& colors,
                   SpriteFamily& family) {
  const Raster raster = rasterise(outline);
  // Multiples of a right angle must come out exact: no blur.
  const auto exact = [](double v) { return std::abs(v) < 1e-12 ? 0.0 : v; };
  const double cosine = exact(std::cos(degrees * kPi / 180));
  const double sine = exact(std::sin(degrees * kPi / 180));
  const int half = raster.half;
  std::vector<Cover> covers;
  covers.reserve(raster.cells.size());
  family.half = half;
  for (int y = -half; y <= half; ++y) {
    for (int x = -half; x <= half; ++x) {
      const Cover cover = cover_at(raster, cosine, sine, x, y);
      covers.push_back(cover);
      // The darkest fill decides, so that all filled colors share their runs.
      if (ink(cover, 1) > 0 || ink(cover, 255) > 0) extend(family.filled, x, y);
      if (ink(cover, 0) > 0) extend(family.outline, x, y);
      if (cover.inside + cover.line == kFull) extend(family.solid, x, y);
    }
  }
  for (const int color : colors) {
    const int fill = 255 - color;
    Sprite sprite;
    sprite.runs = fill == 0 ? &family.outline : &family.filled;
    for (const Run& run : *sprite.runs) {
      for (int x = run.x; x < run.x + run.length; ++x) {
        const size_t at = static_cast<size_t>((run.y + half) * raster.side() + x + half);
        sprite.pixels.push_back(static_cast<uint8_t>(255 - ink(covers[at], fill)));
      }
    }
    family.sprites.push_back(std::move(sprite));
  }
}

}  // namespace modhost::raven
