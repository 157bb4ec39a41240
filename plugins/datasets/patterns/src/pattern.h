// Images of lines, circles and noise, each a function of a seed.
#pragma once

#include <cstdint>

namespace modhost_patterns {

constexpr int kClasses = 10;

// Vertical lines from the upper to the lower edge: 1 .. 10 of them, in columns that are all
// different, white on black. pixels: [side, side], side >= 10. Returns the number of lines - 1.
int64_t draw_lines(uint64_t seed, int64_t side, uint8_t* pixels);

// 0 .. 9 circles of this radius, whole ones, which may cross each other. Pixels at most half a
// pixel away from a circle are white. Needs side > 2 radius. Returns the number of circles.
int64_t draw_circles(uint64_t seed, int64_t side, int64_t radius, uint8_t* pixels);

// Bytes and a label by chance.
int64_t draw_noise(uint64_t seed, int64_t side, uint8_t* pixels);

}  // namespace modhost_patterns
