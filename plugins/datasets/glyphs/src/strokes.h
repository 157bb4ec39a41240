// Signs made of strokes: placed at random, and drawn without jagged edges.
#pragma once

#include <modhost/random.h>

#include <cstdint>
#include <vector>

namespace modhost_glyphs {

struct Point {
  double x;  // to the right, -1 .. 1
  double y;  // downwards, -1 .. 1
};

// Straight from point to point.
using Stroke = std::vector<Point>;

// Around a centre, from one angle to another (radians; 0: right, clockwise as y points down).
Stroke arc(Point centre, double radius, double from, double to, int pieces);

// low .. high, each as likely.
double between(modhost::RandomStream& random, double low, double high);

// From the axes of a sign to pixels.
struct Placing {
  double xx, xy, yx, yy;  // pixels per unit
  Point centre;

  Point operator()(Point p) const {
    return {centre.x + xx * p.x + xy * p.y, centre.y + yx * p.x + yy * p.y};
  }
};

// In an image of side x side pixels. jitter 0: upright and centred; 1: turned by up to 17 degrees,
// sheared, stretched, larger or smaller, and anywhere that it fits.
Placing random_placing(modhost::RandomStream& random, int64_t side, double jitter);

// Adds a piece of a stroke to cover [side, side], of each pixel the share that has ink, 0 .. 1.
// Points and half_width are in pixels; what lies outside is left out.
void add_line(Point from, Point to, double half_width, int64_t side, float* cover);

}  // namespace modhost_glyphs
