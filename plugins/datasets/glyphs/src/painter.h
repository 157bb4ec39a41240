// Draws a glyph as an image: turned, sheared, coloured at random, on a ground with other strokes.
#pragma once

#include <cstdint>

namespace modhost_glyphs {

struct Look {
  int64_t side = 32;
  int64_t channels = 3;  // 1: grey
  double jitter = 1;     // 0: upright and centred; 1: turned by up to 17 degrees, ...
  int64_t clutter = 1;   // short strokes behind the glyph
  double noise = 0.05;   // standard deviation of each pixel; the range of values is 1
};

// Writes pixels [channels, side, side]; a function of its arguments alone. glyph: as in glyph.h.
void paint_glyph(int glyph, const Look& look, uint64_t seed, uint8_t* pixels);

}  // namespace modhost_glyphs
