#include "data_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "modhost/count_text.h"
#include "modhost/error.h"
#include "sha256.h"

namespace modhost::core {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kShownSize = 100'000'000;  // bytes; what is smaller is hashed in no time

std::string found_hash(const DataFile& file, const fs::path& path, int64_t bytes,
                       const Watch& watch) {
  const bool shown = bytes >= kShownSize;
  if (shown) watch.progress.begin("checking " + file.name, bytes / kKilobyte, "KB");
  std::string hash = file_sha256(path, [&](int64_t done) {
    check(!watch.stop.requested(), ErrorCode::interrupted,
          "interrupted while checking '" + path.string() + "'");
    if (shown) watch.progress.update(done / kKilobyte, {});
  });
  if (shown) watch.progress.end("");
  return hash;
}

}  // namespace

FileReport look_at(const DataFile& file, const fs::path& path, Depth depth, const Watch& watch) {
  std::error_code failure;
  FileReport report;
  if (!fs::is_regular_file(path, failure)) return report;
  const auto size = fs::file_size(path, failure);
  if (failure) return report;
  report.bytes = static_cast<int64_t>(size);
  report.state = FileState::unchecked;
  if (file.bytes != 0 && report.bytes != file.bytes) {
    report.state = FileState::wrong_size;
  } else if (depth == Depth::content && !file.sha256.empty()) {
    report.sha256 = found_hash(file, path, report.bytes, watch);
    report.state = report.sha256 == file.sha256 ? FileState::right : FileState::wrong_hash;
  }
  return report;
}

std::string text_of(const FileReport& report, const DataFile& file) {
  switch (report.state) {
    case FileState::missing:
      return file.bytes == 0 ? "" : fmt::format("{} bytes expected", count_text(file.bytes));
    case FileState::wrong_size:
      return fmt::format("{} bytes, expected {}", count_text(report.bytes), count_text(file.bytes));
    case FileState::wrong_hash:
      return fmt::format("SHA-256 {}, expected {}", report.sha256, file.sha256);
    case FileState::unchecked:
      return fmt::format("{} bytes{}", count_text(report.bytes),
                         file.sha256.empty() ? ", not checked: no SHA-256 is known" : "");
    case FileState::right:
      break;
  }
  return fmt::format("{} bytes", count_text(report.bytes));
}

fs::path place_of(const DataFiles& files, const DataFile& file) {
  const fs::path name = file.name;
  const bool inside = !name.empty() && name.is_relative() && name.has_filename() &&
                      std::find(name.begin(), name.end(), "..") == name.end();
  check(inside, ErrorCode::plugin,
        fmt::format("dataset '{}' names a file '{}' that is not within its folder", files.dataset,
                    file.name));
  return files.folder / name;
}

}  // namespace modhost::core
