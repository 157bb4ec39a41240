#include "modhost/picture.h"

#include <png.h>

#include <algorithm>
#include <cmath>

#include "modhost/error.h"
#include "modhost/files.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr int64_t kLargestSide = 20000;

}  // namespace

Picture::Picture(int64_t width, int64_t height, const Color& ground)
    : width_(width), height_(height) {
  check(width >= 1 && height >= 1 && width <= kLargestSide && height <= kLargestSide,
        ErrorCode::config,
        "a picture of " + std::to_string(width) + " x " + std::to_string(height) +
            " pixels cannot be drawn, needed 1 to " + std::to_string(kLargestSide) + " a side");
  pixels_.resize(index(0, height));
  fill(0, 0, width, height, ground);
}

void Picture::fill(int64_t left, int64_t top, int64_t width, int64_t height, const Color& color) {
  const int64_t right = std::min(left + width, width_), bottom = std::min(top + height, height_);
  for (int64_t y = std::max<int64_t>(top, 0); y < bottom; ++y) {
    for (int64_t x = std::max<int64_t>(left, 0); x < right; ++x) {
      std::copy(color.begin(), color.end(), at(x, y));
    }
  }
}

void Picture::frame(int64_t left, int64_t top, int64_t width, int64_t height, int64_t thickness,
                    const Color& color) {
  fill(left - thickness, top - thickness, width + 2 * thickness, thickness, color);
  fill(left - thickness, top + height, width + 2 * thickness, thickness, color);
  fill(left - thickness, top, thickness, height, color);
  fill(left + width, top, thickness, height, color);
}

void Picture::blend(int64_t x, int64_t y, const Color& color, double share) {
  uint8_t* pixel = at(x, y);
  for (size_t channel = 0; channel < color.size(); ++channel) {
    pixel[channel] =
        static_cast<uint8_t>(std::lround(pixel[channel] * (1 - share) + color[channel] * share));
  }
}

std::string Picture::png() const {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width_);
  image.height = static_cast<png_uint_32>(height_);
  image.format = PNG_FORMAT_RGB;
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = bytes.size();
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels_.data(), 0, nullptr)) {
    throw Error(ErrorCode::internal, std::string("cannot write a PNG: ") + image.message);
  }
  bytes.resize(size);
  return bytes;
}

void Picture::write(const std::filesystem::path& path) const { write_file_atomically(path, png()); }

}  // namespace v1
}  // namespace modhost
