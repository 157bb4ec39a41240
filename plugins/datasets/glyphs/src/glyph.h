// The ten glyphs, as strokes.
#pragma once

#include <string>
#include <vector>

#include "strokes.h"

namespace modhost_glyphs {

constexpr int kGlyphs = 10;

// "ring", "square", ...
const std::vector<std::string>& glyph_names();

// glyph: 0 .. kGlyphs-1, as in glyph_names().
const std::vector<Stroke>& glyph_strokes(int glyph);

}  // namespace modhost_glyphs
