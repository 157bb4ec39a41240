// Where the published collection lies.
#pragma once

#include <modhost/data_files.h>

#include <filesystem>
#include <optional>
#include <string>

namespace modhost_dm_math {

// Below `folder`: the unpacked folder mathematics_dataset-v1.0, `folder` itself when it is that, or
// the archive; `folder` may also name the archive itself. Nothing when there is none of them.
std::optional<std::filesystem::path> find_collection(const std::filesystem::path& folder);

// For DatasetBase::files(): the archive, there or missing; nothing when an unpacked folder is
// there.
modhost::DataFiles collection_files(const std::filesystem::path& folder, bool download);

}  // namespace modhost_dm_math
