#include "modhost/image_sheet.h"

#include <algorithm>

#include "modhost/picture.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr int64_t kShownSide = 64;  // pixels, about
constexpr int64_t kGap = 6;
constexpr int64_t kMargin = 20;

// Each pixel of the image becomes a square of `zoom` pixels.
void put(Picture& page, int64_t left, int64_t top, int64_t zoom, const std::vector<int64_t>& shape,
         const std::vector<uint8_t>& pixels) {
  const int64_t channels = shape[0], height = shape[1], width = shape[2];
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      Color color;
      for (int64_t channel = 0; channel < 3; ++channel) {
        const int64_t from = std::min(channel, channels - 1);
        color[static_cast<size_t>(channel)] =
            pixels[static_cast<size_t>((from * height + y) * width + x)];
      }
      page.fill(left + x * zoom, top + y * zoom, zoom, zoom, color);
    }
  }
  page.frame(left, top, width * zoom, height * zoom, 1, kPanelEdge);
}

}  // namespace

void write_image_sheet(const std::filesystem::path& path, const std::vector<int64_t>& shape,
                       int64_t rows, int64_t columns, const PaintImage& paint) {
  const int64_t zoom = std::max<int64_t>(1, kShownSide / std::max(shape[1], shape[2]));
  const int64_t across = shape[2] * zoom + kGap, down = shape[1] * zoom + kGap;
  Picture page(2 * kMargin + columns * across - kGap, 2 * kMargin + rows * down - kGap,
               kPageGround);
  std::vector<uint8_t> pixels(static_cast<size_t>(shape[0] * shape[1] * shape[2]));
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      if (!paint(row, column, pixels.data())) continue;
      put(page, kMargin + column * across, kMargin + row * down, zoom, shape, pixels);
    }
  }
  page.write(path);
}

}  // namespace v1
}  // namespace modhost
