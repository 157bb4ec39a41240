#include "place.h"

#include "part.h"

namespace modhost_dm_math {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "mathematics_dataset-v1.0";
constexpr const char* kArchive = "mathematics_dataset-v1.0.tar.gz";
constexpr const char* kUrl =
    "https://storage.googleapis.com/mathematics-dataset/mathematics_dataset-v1.0.tar.gz";
constexpr const char* kSource =
    "console.cloud.google.com/storage/browser/mathematics-dataset (2.3 GB)";

bool is_collection(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / folder_name(Part::easy), ignored);
}

}  // namespace

std::optional<fs::path> find_collection(const fs::path& folder) {
  std::error_code ignored;
  if (fs::is_regular_file(folder, ignored)) return folder;
  for (const fs::path& path : {folder, folder / kName}) {
    if (is_collection(path)) return path;
  }
  if (fs::is_regular_file(folder / kArchive, ignored)) return folder / kArchive;
  return std::nullopt;
}

modhost::DataFiles collection_files(const fs::path& folder, bool download) {
  modhost::DataFiles out{"dm_math", folder};
  out.source = kSource;
  out.download = download;
  const auto found = find_collection(folder);
  if (found && !is_collection(*found)) {  // an archive, of whatever name
    out.folder = found->parent_path();
    out.list.push_back({found->filename().string(), 0, "", {kUrl}});
  } else if (!found) {
    out.list.push_back({kArchive, 0, "", {kUrl}});
  }
  return out;
}

}  // namespace modhost_dm_math
