// The ten glyphs, as strokes.
#pragma once

#include <string>
#include <vector>

namespace modhost_glyphs {

constexpr int kGlyphs = 10;

struct Point {
  double x;  // to the right, -1 .. 1
  double y;  // downwards, -1 .. 1
};

// Straight from point to point.
using Stroke = std::vector<Point>;

// "ring", "square", ...
const std::vector<std::string>& glyph_names();

// glyph: 0 .. kGlyphs-1, as in glyph_names().
const std::vector<Stroke>& glyph_strokes(int glyph);

}  // namespace modhost_glyphs
