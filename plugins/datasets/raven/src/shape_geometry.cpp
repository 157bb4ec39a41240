#include "shape_geometry.h"

#include <algorithm>
#include <cmath>

namespace modhost::raven {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kLineMargin = 3.0;  // what the outline adds to the extent of the corners

int cut(double value) { return static_cast<int>(value); }

}  // namespace

Point slot_centre(const Box& box) { return {cut(box.column * kCanvas), cut(box.row * kCanvas)}; }

int shape_reach(Shape shape, const Box& box, double size) {
  const double unit = std::min(box.width, box.height) * kCanvas / 2;
  return shape == Shape::square ? cut(unit / 2 * std::sqrt(2.0) * size) : cut(unit * size);
}

ShapeOutline shape_outline(Shape shape, const Box& box, double size) {
  ShapeOutline outline;
  const int r = shape_reach(shape, box, size);
  outline.reach = r;
  const int half = cut(r / 2.0);
  const int side = cut(r / 2.0 * std::sqrt(3.0));
  const int wide = cut(r * std::cos(kPi / 10));
  const int up = cut(r * std::sin(kPi / 10));
  const int foot = cut(r * std::sin(kPi / 5));
  const int down = cut(r * std::cos(kPi / 5));
  switch (shape) {
    case Shape::triangle:
      outline.corners = 3;
      outline.corner = {{{0, -r}, {side, half}, {-side, half}}};
      break;
    case Shape::square:
      outline.corners = 4;
      outline.corner = {{{-r, -r}, {r, -r}, {r, r}, {-r, r}}};
      break;
    case Shape::pentagon:
      outline.corners = 5;
      outline.corner = {{{0, -r}, {-wide, -up}, {-foot, down}, {foot, down}, {wide, -up}}};
      break;
    case Shape::hexagon:
      outline.corners = 6;
      outline.corner = {
          {{0, -r}, {-side, -half}, {-side, half}, {0, r}, {side, half}, {side, -half}}};
      break;
    case Shape::circle:
      break;
  }
  return outline;
}

std::array<double, 4> real_box(Shape shape, const Box& box, double size, double degrees) {
  const ShapeOutline outline = shape_outline(shape, box, size);
  const Point centre = slot_centre(box);
  // The files cut the corners to whole pixels, but not the radius of a circle.
  const double radius = std::min(box.width, box.height) * kCanvas / 2 * size;
  double left = -radius;
  double right = radius;
  double top = -radius;
  double bottom = radius;
  const double a = std::cos(degrees * kPi / 180);
  const double b = std::sin(degrees * kPi / 180);
  for (int index = 0; index < outline.corners; ++index) {
    const Point& corner = outline.corner[static_cast<size_t>(index)];
    const double x = a * corner.x + b * corner.y;
    const double y = -b * corner.x + a * corner.y;
    left = index == 0 ? x : std::min(left, x);
    right = index == 0 ? x : std::max(right, x);
    top = index == 0 ? y : std::min(top, y);
    bottom = index == 0 ? y : std::max(bottom, y);
  }
  const auto rounded = [](double value) { return std::round(value / kCanvas * 1e4) / 1e4; };
  return {rounded(centre.y + (top + bottom) / 2), rounded(centre.x + (left + right) / 2),
          rounded(bottom - top + kLineMargin), rounded(right - left + kLineMargin)};
}

}  // namespace modhost::raven
