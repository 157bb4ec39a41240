// A page of small images for a person, in rows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

namespace modhost {
inline namespace v1 {

// Writes the bytes [channels, height, width] of one image and returns true, or false for an empty
// place.
using PaintImage = std::function<bool(int64_t row, int64_t column, uint8_t* pixels)>;

// shape: of an image, {1 or 3 channels, height, width}. Images below 64 pixels are enlarged to
// about that. Whole or not at all, as PNG.
void write_image_sheet(const std::filesystem::path& path, const std::vector<int64_t>& shape,
                       int64_t rows, int64_t columns, const PaintImage& paint);

}  // namespace v1
}  // namespace modhost
