#include "text_files.h"

#include <modhost/error.h>
#include <modhost/random.h>

#include <algorithm>
#include <fstream>
#include <vector>

namespace modhost_dm_math {
namespace {

namespace fs = std::filesystem;
using modhost::Error;
using modhost::ErrorCode;

constexpr size_t kPiece = 1 << 16;     // bytes
constexpr size_t kMostFiles = 10'000;  // of a part; the published ones have 56

// The text files of one part, by name.
std::vector<fs::path> files_of(const fs::path& folder, Part part) {
  std::vector<fs::path> out;
  std::error_code failure;
  fs::directory_iterator entries(folder / folder_name(part), failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    std::error_code ignored;
    if (entries->path().extension() != ".txt" || !entries->is_regular_file(ignored)) continue;
    out.push_back(entries->path());
    modhost::check(out.size() <= kMostFiles, ErrorCode::data,
                   "'" + folder.string() + "' has more than 10000 files in one part");
  }
  std::sort(out.begin(), out.end());
  return out;
}

void read_pieces(const fs::path& path, Visitor& visitor) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> piece(kPiece);
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    visitor.read({piece.data(), static_cast<size_t>(file.gcount())});
  }
  if (!file.is_open() || file.bad()) {
    throw Error(ErrorCode::io, "cannot read '" + path.string() + "'");
  }
}

// "SIZE TIME", "" for what is not there.
std::string stamp(const fs::path& path) {
  std::error_code failure;
  const auto size = fs::file_size(path, failure);
  if (failure) return "";
  const auto time = fs::last_write_time(path, failure);
  if (failure) return "";
  return std::to_string(size) + " " + std::to_string(time.time_since_epoch().count());
}

}  // namespace

Visitor::~Visitor() = default;

void visit_folder(const fs::path& folder, Visitor& visitor) {
  for (const Part part : kParts) {
    for (const fs::path& path : files_of(folder, part)) {
      if (visitor.done()) return;
      if (!visitor.wants({part, path.stem().string(), path.string()})) continue;
      read_pieces(path, visitor);
      visitor.finish();
    }
  }
}

void visit(const fs::path& place, Visitor& visitor) {
  std::error_code ignored;
  if (fs::is_directory(place, ignored)) {
    visit_folder(place, visitor);
  } else {
    visit_archive(place, visitor);
  }
}

std::string fingerprint(const fs::path& place) {
  std::error_code ignored;
  if (!fs::is_directory(place, ignored)) return stamp(place);
  std::string all;
  for (const Part part : kParts) {
    for (const fs::path& path : files_of(place, part)) {
      all += folder_name(part) + "/" + path.filename().string() + " " + stamp(path) + "\n";
    }
  }
  return std::to_string(all.size()) + " " + std::to_string(modhost::derive_seed(0, all));
}

}  // namespace modhost_dm_math
