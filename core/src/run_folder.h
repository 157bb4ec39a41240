// The folder of a run: whose it is, who works in it, and how far the run came.
#pragma once

#include <filesystem>
#include <string>

#include "environment.h"

namespace modhost::core {

// A folder is a run's when it holds environment.json; `run.lock` is held (flock) while a process
// works in it. Order of writing: environment.json, config.toml, the results, results.json.
class RunFolder {
 public:
  enum class State { begun, finished };

  // Creates the folder where it is missing, locks it, and makes it the folder of this run:
  //  - empty: writes environment.json and config.toml;
  //  - the same config and builds: nothing changes, state() tells how far it came;
  //  - another config: Error(config) with the keys that differ;
  //  - other builds: Error(config) with what changed;
  //  - files that are no run: Error(usage), nothing is touched;
  //  - another process works in it: Error(io).
  // Temporary files (*.tmp) of processes that were killed are removed once the lock is held.
  // `fresh`: what an earlier run (of whatever config) left is deleted first.
  RunFolder(const std::filesystem::path& path, const std::string& config_text,
            const Environment& environment, bool fresh);
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  ~RunFolder();  // unlocks

  const std::filesystem::path& path() const { return path_; }
  // The environment of the run's first start.
  const Environment& environment() const { return environment_; }
  // Whether an earlier process worked on this run already.
  bool continued() const { return continued_; }
  State state() const;
  // For a run that was refused before it had done anything: deletes the folder when this process
  // made it and it holds nothing but what every start writes. Best effort.
  void discard_unused();

  // results.json and summary.txt of a finished run.
  std::string stored_results() const;
  std::string stored_summary() const;

 private:
  void lock();
  void adopt(const std::string& config_text, const Environment& now);
  void compare(const std::string& config_text, const Environment& now);

  std::filesystem::path path_;
  Environment environment_;
  int lock_ = -1;
  bool made_ = false;  // by this process
  bool continued_ = false;
};

// The config.toml of an existing run. Error(usage) when `path` is no folder of a run.
std::filesystem::path stored_config(const std::filesystem::path& path);

}  // namespace modhost::core
