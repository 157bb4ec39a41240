// Corners of the five shapes, in pixels of the 160 x 160 canvas.
#pragma once

#include <array>

#include "attributes.h"
#include "configuration.h"

namespace modhost::raven {

constexpr int kCanvas = 160;

struct Point {
  int x = 0;
  int y = 0;
};

// A shape around (0, 0) before rotation; x to the right, y down.
struct ShapeOutline {
  int corners = 0;  // 0: a circle of `reach`
  int reach = 0;
  std::array<Point, 6> corner;
};

// Centre of a slot; fractions are cut, not rounded.
Point slot_centre(const Box& box);

// Distance in pixels that sets the scale of a shape: half the side of a square, else the radius.
int shape_reach(Shape shape, const Box& box, double size);

ShapeOutline shape_outline(Shape shape, const Box& box, double size);

// Centre row, centre column, height and width of the rotated shape as fractions of the canvas,
// rounded to four decimals, as the files state it.
std::array<double, 4> real_box(Shape shape, const Box& box, double size, double degrees);

}  // namespace modhost::raven
