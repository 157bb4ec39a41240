// Reading and writing whole files so that no reader ever sees half of one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace modhost {
inline namespace v1 {

// Writes to a temporary name in the same folder, flushes to the disk and renames. On failure the
// temporary file is removed, an existing file is untouched, and Error(io) names the path and the
// reason (read-only, disk full, ...). The parent folder must exist.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// The whole file. Error(io) when it is missing, no regular file, or larger than `limit` bytes.
std::string read_file(const std::filesystem::path& path, uint64_t limit = uint64_t{1} << 34);

// The first `count` bytes, or as many as there are. Error(io) as above.
std::string read_start(const std::filesystem::path& path, uint64_t count);

// Creates the folder and its parents. Error(io) when something is in the way.
void make_folder(const std::filesystem::path& path);

}  // namespace v1
}  // namespace modhost
