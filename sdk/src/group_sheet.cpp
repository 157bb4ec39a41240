#include "group_sheet.h"

#include "modhost/image_changes.h"
#include "modhost/image_sheet.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr int64_t kShownColumns = 16;

}  // namespace

void write_group_sheet(const std::filesystem::path& path, const std::vector<int64_t>& shape,
                       const GroupedImages& images) {
  std::vector<std::vector<int64_t>> rows(static_cast<size_t>(images.groups));
  for (int64_t index = 0; index < images.size; ++index) {
    auto& row = rows[static_cast<size_t>(images.group(index))];
    if (static_cast<int64_t>(row.size()) < kShownColumns) row.push_back(index);
  }
  std::vector<uint8_t> sample(static_cast<size_t>(shape[0] * shape[1] * shape[2]));
  const auto paint = [&](int64_t row, int64_t column, uint8_t* pixels) {
    const auto& indices = rows[static_cast<size_t>(row)];
    if (column >= static_cast<int64_t>(indices.size())) return false;
    images.read(indices[static_cast<size_t>(column)], sample.data());
    shown_pixels(shape, sample.data(), pixels);
    return true;
  };
  write_image_sheet(path, shown_shape(shape), images.groups, kShownColumns, paint);
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
