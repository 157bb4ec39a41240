// Image files as pixels.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modhost_own_data {

struct RgbImage {
  int64_t width = 0, height = 0;
  std::vector<uint8_t> pixels;  // [height, width, 3]
};

// A PNG or a JPEG, told apart by its first bytes; transparent pixels lie on white, the orientation
// in EXIF data is not looked at. `name` is the file in messages. Error(data) for what is damaged,
// cut off, another format, or has more than `most` pixels, which is found out before they are
// unpacked.
RgbImage decode_image(std::string_view bytes, int64_t most, const std::string& name);

// The parts of the above; the first bytes were looked at.
RgbImage decode_png(std::string_view bytes, int64_t most, const std::string& name);
RgbImage decode_jpeg(std::string_view bytes, int64_t most, const std::string& name);

// Error(data) unless 1 <= width * height <= most.
void check_size(int64_t width, int64_t height, int64_t most, const std::string& name);

}  // namespace modhost_own_data
