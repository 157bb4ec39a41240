// The square in the middle of an image, scaled by area.
#pragma once

#include <cstdint>

#include "decode_image.h"

namespace modhost_own_data {

// The same as scaling the shorter side to `side` and cutting out the centre: each value is the mean
// of the pixels that it covers, rounded to the nearest (halves up), in whole numbers, so that every
// machine gives the same. channels: 3, or 1 for grey: (299 R + 587 G + 114 B) / 1000 of that (ITU-R
// BT.601). Writes out [channels, side, side].
void crop_to_square(const RgbImage& image, int64_t side, int64_t channels, uint8_t* out);

}  // namespace modhost_own_data
