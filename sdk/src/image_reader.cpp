#include <algorithm>

#include "modhost/image_changes.h"
#include "modhost/image_sheet.h"
#include "modhost/image_source.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr int64_t kShownColumns = 16;

}  // namespace

LabelledImages read_all(const ImageReader& reader, const std::vector<int64_t>& shape) {
  LabelledImages out{shape, {}, {}};
  const int64_t bytes = out.image_bytes();
  out.pixels.resize(static_cast<size_t>(reader.size() * bytes));
  for (int64_t index = 0; index < reader.size(); ++index) {
    out.labels.push_back(
        static_cast<uint8_t>(reader.read(index, out.pixels.data() + index * bytes)));
  }
  return out;
}

void write_reader_sheet(const std::filesystem::path& path, const ImageReader& reader,
                        const std::vector<int64_t>& shape) {
  std::vector<std::vector<int64_t>> rows(std::max<size_t>(reader.groups().size(), 1));
  for (int64_t index = 0; index < reader.size(); ++index) {
    auto& row = rows[rows.size() == 1 ? 0 : static_cast<size_t>(reader.group(index))];
    if (static_cast<int64_t>(row.size()) < kShownColumns) row.push_back(index);
  }
  std::vector<uint8_t> sample(static_cast<size_t>(shape[0] * shape[1] * shape[2]));
  const auto paint = [&](int64_t row, int64_t column, uint8_t* pixels) {
    const auto& indices = rows[static_cast<size_t>(row)];
    if (column >= static_cast<int64_t>(indices.size())) return false;
    reader.read(indices[static_cast<size_t>(column)], sample.data());
    shown_pixels(shape, sample.data(), pixels);
    return true;
  };
  write_image_sheet(path, shown_shape(shape), static_cast<int64_t>(rows.size()), kShownColumns,
                    paint);
}

}  // namespace v1
}  // namespace modhost
