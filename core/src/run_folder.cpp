#include "run_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "config_file.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "resolved_config.h"
#include "results_file.h"

namespace modhost::core {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnvironment = "environment.json";
constexpr const char* kConfig = "config.toml";
constexpr const char* kLock = "run.lock";
constexpr const char* kResults = "results.json";
constexpr const char* kSummary = "summary.txt";
constexpr const char* kMetrics = "metrics.jsonl";
constexpr const char* kFresh = "'--run.fresh true' throws away what is there";

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) out.push_back(entry.path());
  check(!failure, ErrorCode::io,
        fmt::format("cannot read the folder '{}': {}", folder.string(), failure.message()));
  return out;
}

// What a process that was killed in the middle of a write leaves behind.
bool is_temporary(const fs::path& entry) { return entry.extension() == ".tmp"; }

// Left by a process that was killed before it had written anything.
bool is_leftover(const fs::path& entry) { return entry.filename() == kLock || is_temporary(entry); }

bool is_run(const fs::path& folder) { return fs::is_regular_file(folder / kEnvironment); }

void refuse_foreign(const fs::path& folder) {
  if (is_run(folder)) return;
  const std::vector<fs::path> there = entries(folder);
  if (std::all_of(there.begin(), there.end(), is_leftover)) return;
  throw Error(
      ErrorCode::usage,
      fmt::format("the folder '{}' is not empty and holds no run of modhost", folder.string()),
      "choose another one by --run.dir DIR");
}

// What a start writes before the method does anything.
bool is_from_start(const fs::path& entry) {
  std::error_code failure;
  if (!fs::is_regular_file(fs::symlink_status(entry, failure))) return false;
  const fs::path name = entry.filename();
  if (name == kMetrics) return fs::file_size(entry, failure) == 0 && !failure;
  return name == kEnvironment || name == kConfig || name == kLock || name == kResults;
}

void delete_entry(const fs::path& entry) {
  std::error_code failure;
  fs::remove_all(entry, failure);
  check(!failure, ErrorCode::io,
        fmt::format("cannot delete '{}': {}", entry.string(), failure.message()));
}

// Only for the process that holds the lock: nobody else writes then. Links are not followed.
void remove_temporaries(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code failure;
  for (fs::recursive_directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    std::error_code gone;
    const bool is_file = fs::is_regular_file(it->symlink_status(gone));
    if (is_file && is_temporary(it->path())) found.push_back(it->path());
  }
  check(!failure, ErrorCode::io,
        fmt::format("cannot read the folder '{}': {}", folder.string(), failure.message()));
  for (const fs::path& entry : found) delete_entry(entry);
}

// environment.json goes last: until then the folder is still known as a run's.
void clear(const fs::path& folder) {
  for (const bool last : {false, true}) {
    for (const fs::path& entry : entries(folder)) {
      if (entry.filename() == kLock || (entry.filename() == kEnvironment) != last) continue;
      delete_entry(entry);
    }
  }
}

// Without what says how fast a run goes and where things lie.
Settings what_counts(Settings settings) {
  for (auto& [section, options] : settings) {
    for (auto it = options.begin(); it != options.end();) {
      it = counts(section, it->first) ? std::next(it) : options.erase(it);
    }
  }
  return settings;
}

// The first few differences; a reader needs no more to see what happened.
std::string some_of(const std::vector<std::string>& lines) {
  constexpr size_t kShown = 3;
  std::vector<std::string> shown(lines.begin(), lines.begin() + std::min(kShown, lines.size()));
  std::string text = join(shown);
  if (lines.size() > kShown) text += fmt::format(" and {} more", lines.size() - kShown);
  return text;
}

}  // namespace

RunFolder::RunFolder(const fs::path& path, const std::string& config_text,
                     const Environment& environment, bool fresh)
    : path_(path) {
  std::error_code unknown;
  made_ = fs::symlink_status(path_, unknown).type() == fs::file_type::not_found;
  make_folder(path_);
  refuse_foreign(path_);
  lock();
  try {
    remove_temporaries(path_);
    if (fresh && is_run(path_)) clear(path_);
    if (is_run(path_)) {
      compare(config_text, environment);
    } else {
      adopt(config_text, environment);
    }
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

RunFolder::~RunFolder() { ::close(lock_); }

void RunFolder::lock() {
  const fs::path file = path_ / kLock;
  lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  check(lock_ >= 0, ErrorCode::io,
        fmt::format("cannot write into the folder '{}': {}", path_.string(), strerror(errno)),
        "choose another one by --run.dir DIR");
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
  const int reason = errno;
  ::close(lock_);
  check(reason == EWOULDBLOCK, ErrorCode::io,
        fmt::format("cannot lock '{}': {}", file.string(), strerror(reason)));
  throw Error(ErrorCode::io,
              fmt::format("another modhost is working in the folder '{}'", path_.string()),
              "wait for it, or choose another folder by --run.dir DIR");
}

void RunFolder::adopt(const std::string& config_text, const Environment& now) {
  environment_ = now;
  write_file_atomically(path_ / kEnvironment, to_json(now));
  write_file_atomically(path_ / kConfig, config_text);
}

void RunFolder::compare(const std::string& config_text, const Environment& now) {
  const fs::path file = path_ / kEnvironment;
  environment_ = parse_environment(read_file(file), file.string());
  continued_ = true;
  if (fs::exists(path_ / kConfig)) {
    const auto lines = differences(what_counts(read_config(path_ / kConfig)),
                                   what_counts(parse_config(config_text, kConfig)));
    check(lines.empty(), ErrorCode::config,
          fmt::format("the folder '{}' holds a run of another config: {}", path_.string(),
                      some_of(lines)),
          fmt::format("choose another folder by --run.dir DIR; {}", kFresh));
  }
  const auto lines = build_differences(environment_, now);
  check(lines.empty(), ErrorCode::config,
        fmt::format("the run in '{}' was computed by other builds, so it cannot go on with the "
                    "same result: {}",
                    path_.string(), some_of(lines)),
        fmt::format("choose another folder by --run.dir DIR; {}", kFresh));
  if (!fs::exists(path_ / kConfig)) write_file_atomically(path_ / kConfig, config_text);
}

RunFolder::State RunFolder::state() const {
  const fs::path file = path_ / kResults;
  if (!fs::exists(file)) return State::begun;
  return status_of_results(read_file(file)) == kFinished ? State::finished : State::begun;
}

void RunFolder::discard_unused() {
  if (!made_ || continued_) return;
  std::error_code failure;
  std::vector<fs::path> there;
  for (fs::directory_iterator it(path_, failure), end; !failure && it != end;
       it.increment(failure)) {
    there.push_back(it->path());
  }
  if (failure || !std::all_of(there.begin(), there.end(), is_from_start)) return;
  for (const fs::path& entry : there) fs::remove(entry, failure);
  fs::remove(path_, failure);  // only when it is empty
}

std::string RunFolder::stored_results() const { return read_file(path_ / kResults); }

std::string RunFolder::stored_summary() const { return read_file(path_ / kSummary); }

fs::path stored_config(const fs::path& path) {
  check(fs::is_directory(path), ErrorCode::usage,
        fmt::format("there is no folder '{}'", path.string()), "give the folder of a run");
  check(is_run(path) && fs::exists(path / kConfig), ErrorCode::usage,
        fmt::format("the folder '{}' holds no run of modhost", path.string()),
        "give the folder of a run");
  return path / kConfig;
}

}  // namespace modhost::core
