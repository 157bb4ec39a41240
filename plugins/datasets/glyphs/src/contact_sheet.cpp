#include "contact_sheet.h"

#include <modhost/picture.h>
#include <modhost/random.h>

#include <algorithm>
#include <vector>

#include "glyph.h"

namespace modhost_glyphs {
namespace {

constexpr int64_t kColumns = 16;
constexpr int64_t kShownSide = 64;  // pixels, about; small images are enlarged
constexpr int64_t kGap = 6;
constexpr int64_t kMargin = 20;

// Each pixel of the image becomes a square of `zoom` pixels.
void put(modhost::Picture& page, int64_t left, int64_t top, int64_t zoom, const Look& look,
         const std::vector<uint8_t>& pixels) {
  const int64_t plane = look.side * look.side;
  for (int64_t y = 0; y < look.side; ++y) {
    for (int64_t x = 0; x < look.side; ++x) {
      modhost::Color color;
      for (int64_t channel = 0; channel < 3; ++channel) {
        const int64_t from = std::min(channel, look.channels - 1);
        color[static_cast<size_t>(channel)] =
            pixels[static_cast<size_t>(from * plane + y * look.side + x)];
      }
      page.fill(left + x * zoom, top + y * zoom, zoom, zoom, color);
    }
  }
  page.frame(left, top, look.side * zoom, look.side * zoom, 1, modhost::kPanelEdge);
}

}  // namespace

void write_sheet(const Look& look, uint64_t seed, const std::filesystem::path& path) {
  const int64_t zoom = std::max<int64_t>(1, kShownSide / look.side);
  const int64_t step = look.side * zoom + kGap;
  modhost::Picture page(2 * kMargin + kColumns * step - kGap, 2 * kMargin + kGlyphs * step - kGap,
                        modhost::kPageGround);
  std::vector<uint8_t> pixels(static_cast<size_t>(look.channels * look.side * look.side));
  for (int64_t column = 0; column < kColumns; ++column) {
    for (int glyph = 0; glyph < kGlyphs; ++glyph) {
      const auto index = static_cast<uint64_t>(column * kGlyphs + glyph);
      paint_glyph(glyph, look, modhost::derive_seed(seed, index), pixels.data());
      put(page, kMargin + column * step, kMargin + glyph * step, zoom, look, pixels);
    }
  }
  page.write(path);
}

}  // namespace modhost_glyphs
