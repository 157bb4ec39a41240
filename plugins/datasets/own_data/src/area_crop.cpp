#include "area_crop.h"

#include <algorithm>
#include <vector>

namespace modhost_own_data {
namespace {

// In units of 1/side of a pixel, output i covers [i length, (i + 1) length).
struct Cover {
  int64_t first, last;  // pixels, both included
  int64_t weight(int64_t pixel) const {
    return std::min(end, (pixel + 1) * side) - std::max(begin, pixel * side);
  }
  int64_t begin, end, side;
};

Cover cover(int64_t i, int64_t length, int64_t side) {
  const int64_t begin = i * length, end = begin + length;
  return {begin / side, (end - 1) / side, begin, end, side};
}

// sums [length, 3]: the rows that output row `at` covers, added up by weight.
void add_rows(const RgbImage& image, int64_t left, int64_t top, int64_t length, const Cover& at,
              std::vector<int64_t>& sums) {
  std::fill(sums.begin(), sums.end(), 0);
  for (int64_t y = at.first; y <= at.last; ++y) {
    const int64_t weight = at.weight(y);
    const uint8_t* row = &image.pixels[static_cast<size_t>(((top + y) * image.width + left) * 3)];
    for (int64_t i = 0; i < length * 3; ++i) sums[static_cast<size_t>(i)] += weight * row[i];
  }
}

uint8_t grey(const uint8_t* rgb) {
  return static_cast<uint8_t>((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
}

}  // namespace

void crop_to_square(const RgbImage& image, int64_t side, int64_t channels, uint8_t* out) {
  const int64_t length = std::min(image.width, image.height);
  const int64_t left = (image.width - length) / 2, top = (image.height - length) / 2;
  const int64_t whole = length * length;  // the weights of an output pixel
  std::vector<int64_t> sums(static_cast<size_t>(length * 3));
  for (int64_t y = 0; y < side; ++y) {
    add_rows(image, left, top, length, cover(y, length, side), sums);
    for (int64_t x = 0; x < side; ++x) {
      const Cover columns = cover(x, length, side);
      uint8_t rgb[3];
      for (int64_t channel = 0; channel < 3; ++channel) {
        int64_t total = whole / 2;
        for (int64_t at = columns.first; at <= columns.last; ++at) {
          total += columns.weight(at) * sums[static_cast<size_t>(at * 3 + channel)];
        }
        rgb[channel] = static_cast<uint8_t>(total / whole);
      }
      uint8_t* pixel = out + y * side + x;
      if (channels == 1) *pixel = grey(rgb);
      for (int64_t channel = 0; channel < 3 && channels == 3; ++channel) {
        pixel[channel * side * side] = rgb[channel];
      }
    }
  }
}

}  // namespace modhost_own_data
