// A PNG page that shows problems to a person.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "problem.h"
#include "renderer.h"

namespace modhost::raven {

struct SheetEntry {
  std::vector<uint8_t> image;  // [16, 160, 160]
  int target = 0;              // 0..7, framed in green
};

// Each problem as its 3 x 3 matrix with a question mark at the lower right, and its candidates in
// four rows of two beside it. `columns` problems side by side. Error(config) for no entries or
// more than fit a page of 20,000 pixels.
void write_sheet(const std::vector<SheetEntry>& entries, const std::filesystem::path& path,
                 int columns = 2);

// Draws the problems first.
void write_sheet(const std::vector<Problem>& problems, const Renderer& renderer,
                 const std::filesystem::path& path, int columns = 2);

}  // namespace modhost::raven
