// The shared libraries of this process, to find a second copy of one that may exist only once.
#pragma once

#include <string>
#include <vector>

namespace modhost::core {

// The files of all libraries that are mapped now.
std::vector<std::string> mapped_libraries();

// Two files of which a process may have one: copies of LibTorch, of the SDK, or two OpenMP run
// times.
struct DuplicateLibrary {
  std::string what;  // "LibTorch"
  std::string first, second;
};
// Those that came with the libraries in `after` which are not in `before`.
std::vector<DuplicateLibrary> new_duplicates(const std::vector<std::string>& before,
                                             const std::vector<std::string>& after);

}  // namespace modhost::core
