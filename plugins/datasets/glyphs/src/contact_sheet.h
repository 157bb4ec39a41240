// A page of images for a person: one row for each glyph.
#pragma once

#include <cstdint>
#include <filesystem>

#include "painter.h"

namespace modhost_glyphs {

// Column k of row g shows image 10 k + g of a split.
void write_sheet(const Look& look, uint64_t seed, const std::filesystem::path& path);

}  // namespace modhost_glyphs
