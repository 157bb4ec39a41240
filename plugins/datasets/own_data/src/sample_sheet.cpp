#include "sample_sheet.h"

#include <modhost/error.h>
#include <modhost/image_sheet.h>

#include <algorithm>

namespace modhost_own_data {
namespace {

using modhost::Tensor;

constexpr int64_t kColumns = 12;
constexpr int64_t kMostRows = 32;

// The first samples of each row.
std::vector<std::vector<int64_t>> rows_of(const modhost::Source& source) {
  const auto classes = static_cast<int64_t>(source.groups().size());
  const auto rows = std::clamp<int64_t>(classes, 1, kMostRows);
  std::vector<std::vector<int64_t>> out(static_cast<size_t>(rows));
  for (int64_t index = 0; index < source.size(); ++index) {
    const int64_t row = classes == 0 ? 0 : source.group(index);
    if (row >= rows) continue;
    auto& own = out[static_cast<size_t>(row)];
    if (static_cast<int64_t>(own.size()) < kColumns) own.push_back(index);
  }
  return out;
}

}  // namespace

void write_sample_sheet(const modhost::Source& source, const std::vector<int64_t>& shape,
                        const std::filesystem::path& path) {
  modhost::check(
      shape[0] == 1 || shape[0] == 3, modhost::ErrorCode::usage,
      "images of " + std::to_string(shape[0]) + " channels cannot be shown, only those of 1 or 3");
  const auto rows = rows_of(source);
  std::vector<int64_t> shown;
  for (const auto& row : rows) shown.insert(shown.end(), row.begin(), row.end());
  Tensor images = source.load(shown).input;
  const Tensor low = images.min(), range = (images.max() - low).clamp_min(1e-12);
  images = images.sub(low).div(range).mul(255).round().to(torch::kByte).contiguous();
  size_t next = 0;
  std::vector<size_t> first;  // of each row
  for (const auto& row : rows) first.push_back(std::exchange(next, next + row.size()));
  const auto paint = [&](int64_t row, int64_t column, uint8_t* pixels) {
    const auto at = static_cast<size_t>(row);
    if (column >= static_cast<int64_t>(rows[at].size())) return false;
    const Tensor one = images[static_cast<int64_t>(first[at]) + column];
    std::copy_n(one.data_ptr<uint8_t>(), one.numel(), pixels);
    return true;
  };
  modhost::write_image_sheet(path, shape, static_cast<int64_t>(rows.size()), kColumns, paint);
}

}  // namespace modhost_own_data
