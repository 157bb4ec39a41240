// PNG by the simplified interface of libpng 1.6.
#include <modhost/error.h>
#include <png.h>

#include "decode_image.h"

namespace modhost_own_data {
namespace {

struct PngImage : png_image {
  PngImage() : png_image{} { version = PNG_IMAGE_VERSION; }
  PngImage(const PngImage&) = delete;
  PngImage& operator=(const PngImage&) = delete;
  ~PngImage() { png_image_free(this); }
};

}  // namespace

RgbImage decode_png(std::string_view bytes, int64_t most, const std::string& name) {
  PngImage png;
  const auto fail = [&] {
    throw modhost::Error(modhost::ErrorCode::data,
                         "cannot read '" + name + "': damaged PNG (" + png.message + ")");
  };
  if (!png_image_begin_read_from_memory(&png, bytes.data(), bytes.size())) fail();
  check_size(png.width, png.height, most, name);
  png.format = PNG_FORMAT_RGB;
  RgbImage out{png.width, png.height, {}};
  out.pixels.resize(PNG_IMAGE_SIZE(png));
  const png_color white = {255, 255, 255};
  if (!png_image_finish_read(&png, &white, out.pixels.data(), 0, nullptr)) fail();
  return out;
}

}  // namespace modhost_own_data
