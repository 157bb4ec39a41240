// Are the files of a dataset there, and are they the right ones?
#pragma once

#include <cstdint>
#include <string>

#include "modhost/data_files.h"
#include "modhost/progress.h"

namespace modhost::core {

constexpr int64_t kKilobyte = 1000;  // in which progress counts

enum class FileState {
  right,      // size and SHA-256
  unchecked,  // there, of the right size when that is known; no SHA-256 to compare with
  missing,
  wrong_size,
  wrong_hash
};

struct FileReport {
  FileState state = FileState::missing;
  int64_t bytes = 0;     // that are there
  std::string sha256{};  // that they have; "" when it was not computed
};

enum class Depth {
  size,    // presence and size: quick
  content  // and SHA-256, where it is known: reads the files
};

// Who sees how far it is, and who may stop it.
struct Watch {
  modhost::Progress& progress;
  const modhost::StopSignal& stop;
};

// Of the file at `path`, which need not be the final one. Error(interrupted) on a stop;
// Error(plugin) for a declared name that leads out of the folder.
FileReport look_at(const modhost::DataFile& file, const std::filesystem::path& path, Depth depth,
                   const Watch& watch);

inline bool is_wrong(FileState state) {
  return state != FileState::right && state != FileState::unchecked;
}

// "1,234 bytes", "there are 10 bytes, expected 28,881", "has the SHA-256 .., expected ..".
std::string text_of(const FileReport& report, const modhost::DataFile& file);

// FOLDER/NAME. Error(plugin) for a declared name that leads out of the folder.
std::filesystem::path place_of(const modhost::DataFiles& files, const modhost::DataFile& file);

}  // namespace modhost::core
