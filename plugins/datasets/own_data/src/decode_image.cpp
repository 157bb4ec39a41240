#include "decode_image.h"

#include <modhost/error.h>

#include <cstdio>

namespace modhost_own_data {

using modhost::Error;
using modhost::ErrorCode;

void check_size(int64_t width, int64_t height, int64_t most, const std::string& name) {
  if (width >= 1 && height >= 1 && height <= most / width) return;
  char allowed[32];
  std::snprintf(allowed, sizeof allowed, "%.3g", static_cast<double>(most) / 1e6);
  throw Error(ErrorCode::data, "'" + name + "' has " + std::to_string(width) + " x " +
                                   std::to_string(height) + " pixels, at most " + allowed +
                                   " million are read (dataset.megapixels)");
}

RgbImage decode_image(std::string_view bytes, int64_t most, const std::string& name) {
  if (bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n") return decode_png(bytes, most, name);
  if (bytes.substr(0, 3) == "\xFF\xD8\xFF") return decode_jpeg(bytes, most, name);
  throw Error(ErrorCode::data, "cannot read '" + name + "': " +
                                   (bytes.empty() ? "the file is empty" : "neither PNG nor JPEG"));
}

}  // namespace modhost_own_data
