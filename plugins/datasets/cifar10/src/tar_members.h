// Files out of a .tar.gz, without unpacking it to the disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace modhost_cifar10 {

// name: without folders.
using UseMember = std::function<void(const std::string& name, const std::string& bytes)>;

// Calls `use` for each regular file in the archive that has one of these names in any folder, in
// the order of the archive, and stops when all were there. Error(data) with the path: no gzipped
// tar, damage, a name that is missing, a wanted file above `most_bytes`, or an archive that holds
// more than 1,000 files or claims more than 4 GiB.
void read_tar_members(const std::filesystem::path& path, const std::vector<std::string>& names,
                      uint64_t most_bytes, const UseMember& use);

}  // namespace modhost_cifar10
