// A page of images with a row for each group: its first ones.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

struct GroupedImages {
  int64_t size = 0, groups = 1;
  std::function<int64_t(int64_t index)> group;
  std::function<void(int64_t index, uint8_t* pixels)> read;
};

// shape: of an image, {channels, height, width}. Whole or not at all, as PNG.
void write_group_sheet(const std::filesystem::path& path, const std::vector<int64_t>& shape,
                       const GroupedImages& images);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
