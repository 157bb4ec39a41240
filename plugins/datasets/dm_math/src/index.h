// What the collection holds: its modules and the characters of all files. Read once in full, which
// takes a while with 2.3 GB, then kept in a small file beside the data.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "part.h"

namespace modhost_dm_math {

struct Index {
  PerPart<std::vector<std::string>> modules;  // sorted
  std::string characters;                     // of all files, each once, sorted

  bool operator==(const Index& other) const {
    return modules.all == other.modules.all && characters == other.characters;
  }
};

// Reads everything. Error(data) names the file and the line of a byte that is no printable ASCII,
// and a file that is there twice.
Index scan(const std::filesystem::path& place);

// scan(), or what it found when the data was last seen as it is now (sizes and times of change).
// Where the file cannot be written, nothing is kept.
Index index_of(const std::filesystem::path& place);
// PLACE.index, or .index in a folder.
std::filesystem::path index_file(const std::filesystem::path& place);

// The file of `module` in each part, "" for none: MODULE.txt, and where a part has none of that
// name the one that continues it (extrapolate has comparison__sort_more.txt). Error(config) with
// the nearest for a module that has no training part, Error(data) when one of the three
// difficulties lacks it or several continue it.
PerPart<std::string> files_of_module(const Index& index, const std::string& module,
                                     const std::filesystem::path& place);

}  // namespace modhost_dm_math
