// A page of images for a person.
#pragma once

#include <modhost/dataset.h>

#include <filesystem>
#include <vector>

namespace modhost_own_data {

// The first images of each class, a row each, at most 32 rows; without classes the first images.
// shape: of a sample, {channels, height, width}. The least value becomes black, the greatest white.
void write_sample_sheet(const modhost::Source& source, const std::vector<int64_t>& shape,
                        const std::filesystem::path& path);

}  // namespace modhost_own_data
