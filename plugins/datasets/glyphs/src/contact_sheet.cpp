#include "contact_sheet.h"

#include <modhost/image_sheet.h>
#include <modhost/random.h>

#include "glyph.h"

namespace modhost_glyphs {
namespace {

constexpr int64_t kColumns = 16;

}  // namespace

void write_sheet(const Look& look, uint64_t seed, const std::filesystem::path& path) {
  const auto paint = [&](int64_t glyph, int64_t column, uint8_t* pixels) {
    const auto index = static_cast<uint64_t>(column * kGlyphs + glyph);
    paint_glyph(static_cast<int>(glyph), look, modhost::derive_seed(seed, index), pixels);
    return true;
  };
  modhost::write_image_sheet(path, {look.channels, look.side, look.side}, kGlyphs, kColumns, paint);
}

}  // namespace modhost_glyphs
