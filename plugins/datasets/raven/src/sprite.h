// One drawn entity: a rotated shape in every color of a task set, cut out of its panel.
#pragma once

#include <cstdint>
#include <vector>

#include "shape_geometry.h"

namespace modhost::raven {

// A horizontal run of pixels, relative to the centre of the slot.
struct Run {
  int16_t y, x, length;
};

// Final grey values (255 is the ground) of the runs one after another.
struct Sprite {
  const std::vector<Run>* runs = nullptr;
  std::vector<uint8_t> pixels;
};

// All colors of one shape at one size and angle; they share the geometry.
struct SpriteFamily {
  int half = 0;                 // no pixel is farther than this from the centre, in x or y
  std::vector<Run> filled;      // pixels that a filled entity touches
  std::vector<Run> outline;     // pixels that an unfilled (white) entity touches
  std::vector<Run> solid;       // pixels fully inside: the "mask" of the files
  std::vector<Sprite> sprites;  // by color level

  // Of one color level that is drawn unfilled or filled; `runs` points into this object.
  SpriteFamily() = default;
  SpriteFamily(const SpriteFamily&) = delete;
  SpriteFamily& operator=(const SpriteFamily&) = delete;

  size_t bytes() const;
};

// Draws the outline (black, 2 pixels) and the fill, rotates by `degrees` counter-clockwise with
// bilinear interpolation in steps of 1/32 pixel. 1 to 2 ms for a large shape.
void build_sprites(const ShapeOutline& outline, double degrees, const std::vector<int>& colors,
                   SpriteFamily& family);

}  // namespace modhost::raven
