// Images scaled and cut as networks of ImageNet are tested.
#pragma once

#include <cstdint>

#include "decode_image.h"

namespace modhost_own_data {

// The shorter side is scaled to `short_side`, the longer in proportion (rounded down), by a
// triangle filter as wide as the scale, in whole numbers and rounded after each axis: the bits of
// Pillow's resize(BILINEAR), which torchvision's Resize calls. Then the middle `crop` x `crop`
// pixels, as its CenterCrop. crop <= short_side. Writes out [3, crop, crop].
void resize_and_crop(const RgbImage& image, int64_t short_side, int64_t crop, uint8_t* out);

}  // namespace modhost_own_data
