// A page with a row of pictures for each sub-cluster: its own, framed, then those of random units.
#pragma once

#include <modhost/picture.h>
#include <modhost/tensor.h>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace modhost_featurevis {

struct Tile {
  modhost::Tensor pixels;  // [1 or 3, height, width] uint8, contiguous
  double bar = -1;         // 0 .. 1, below the picture; negative: none
  int64_t number = -1;     // below the picture, a class; negative: none
};

struct SheetRow {
  int64_t label = 0;  // of the cluster, left of the row
  std::vector<Tile> own, random;
};

// Rows beyond what fits on a page are left out. Returns how many are on it.
int64_t write_sheet(const std::filesystem::path& path, const std::vector<SheetRow>& rows);

// Inputs [channels, height, width] whose values go from `low` to `high` [channels, 1, 1]; other
// than 1 or 3 channels side by side.
modhost::Tensor grey_or_colour(const modhost::Tensor& input, const modhost::Tensor& low,
                               const modhost::Tensor& high);
// Numbers [channels, height, width], the mean over channels: blue below 0, white, red above, full
// at the largest.
modhost::Tensor blue_to_red(const modhost::Tensor& numbers);

}  // namespace modhost_featurevis
