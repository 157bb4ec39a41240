// What has come of a file that is being fetched: TARGET.part, which becomes TARGET when it is
// whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "modhost/progress.h"

namespace modhost::core {

// Only one process at a time writes a part; it outlives the process that wrote it.
class PartFile {
 public:
  // Opens or creates the part, and waits while another process writes it. Error(io) when that is
  // not possible; Error(interrupted) when `stop` is requested while it waits.
  PartFile(std::filesystem::path target, const modhost::StopSignal& stop);
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile();  // an empty part does not stay

  const std::filesystem::path& path() const { return path_; }
  int64_t size() const { return size_; }
  // Another process may have fetched the target meanwhile.
  bool waited() const { return waited_; }

  void append(std::string_view bytes);  // Error(io): disk full, ...
  void restart();                       // empties it

  // Which version of which file the bytes are a part of; "" when it is not known. Stays with them.
  std::string origin() const;
  void note_origin(const std::string& origin);

  // Flushes it to the disk and gives it the name of the target.
  void finish();

 private:
  void open(const modhost::StopSignal& stop);
  bool is_still_there() const;
  std::filesystem::path origin_path() const;
  [[noreturn]] void fail(const std::string& what, int reason) const;

  std::filesystem::path target_;
  std::filesystem::path path_;
  int file_ = -1;
  int64_t size_ = 0;
  bool waited_ = false;
  bool finished_ = false;
};

}  // namespace modhost::core
