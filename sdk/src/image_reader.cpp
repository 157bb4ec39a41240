#include <algorithm>

#include "group_sheet.h"
#include "modhost/image_changes.h"
#include "modhost/image_source.h"

namespace modhost {
inline namespace v1 {

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
  const int64_t groups = static_cast<int64_t>(reader.groups().size());
  detail::write_group_sheet(path, shape,
                            {reader.size(), std::max<int64_t>(groups, 1),
                             [&](int64_t index) { return groups > 1 ? reader.group(index) : 0; },
                             [&](int64_t index, uint8_t* out) { reader.read(index, out); }});
}

}  // namespace v1
}  // namespace modhost
