#include "data_fetch.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <thread>

#include "data_check.h"
#include "modhost/error.h"

namespace modhost::core {
namespace {

namespace fs = std::filesystem;

constexpr int kMostBreaks = 100;  // connections that broke, each after bringing something

// Rests before the next connection, but hears a stop.
void pause(double seconds, const modhost::StopSignal& stop) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!stop.requested() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

// One file from the first of its URLs that gives the right one.
class Fetch {
 public:
  Fetch(const DataFile& file, const fs::path& place, const TransferLimits& limits,
        const Watch& watch)
      : file_(file), place_(place), limits_(limits), watch_(watch), part_(place, watch.stop) {}

  // Throws as fetch_files().
  FileReport run(const DataFiles& files) {
    std::vector<std::string> reasons;
    for (const std::string& url : file_.urls) {
      const std::string reason = from(url);
      if (reason.empty()) {
        part_.finish();
        return report_;
      }
      reasons.push_back(fmt::format("from '{}': {}", host_of(url), reason));
    }
    throw Error(ErrorCode::data,
                fmt::format("cannot fetch '{}' {}", file_.name, join(reasons, "; ")),
                files.source.empty() ? ""
                                     : fmt::format("fetch it by hand from {} into '{}'",
                                                   files.source, files.folder.string()));
  }

  bool another_was_first(Depth depth) const {
    return part_.waited() && !is_wrong(look_at(file_, place_, depth, watch_).state);
  }

 private:
  // "" when the part is the whole, right file; else why it is not.
  std::string from(const std::string& url) {
    // What an earlier attempt left may be of another file: then once more from the start.
    while (true) {
      const bool continued = part_.size() > 0;
      const std::string reason = is_whole() ? "" : transferred(url);
      if (!reason.empty()) return reason;
      report_ = look_at(file_, part_.path(), Depth::content, watch_);
      if (report_.bytes > 0 && !is_wrong(report_.state)) return "";
      part_.restart();
      if (continued) continue;
      if (report_.bytes == 0) return "it sends nothing";
      return fmt::format("{}; it was removed", text_of(report_, file_));
    }
  }

  bool is_whole() const { return file_.bytes > 0 && part_.size() == file_.bytes; }

  std::string transferred(const std::string& url) {
    if (file_.bytes > 0 && part_.size() > file_.bytes) part_.restart();
    for (int breaks = 0;; ++breaks) {
      const int64_t before = part_.size();
      const TransferResult result = once(url);
      if (result.end == TransferEnd::complete) return "";
      const bool brought = part_.size() > before;
      if (result.end == TransferEnd::refused || !brought || breaks == kMostBreaks) {
        return result.reason;
      }
      pause(limits_.pause_seconds, watch_.stop);
    }
  }

  TransferResult once(const std::string& url) {
    TransferRequest request;
    request.url = url;
    request.bytes = file_.bytes;
    request.hashed = !file_.sha256.empty();
    request.limits = limits_;
    request.moved = [this](int64_t done, int64_t total) { moved(done, total); };
    try {
      const TransferResult result = transfer(request, part_, watch_.stop);
      if (result.end == TransferEnd::complete) end_stage();
      return result;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::interrupted) throw;
      throw Error(ErrorCode::interrupted,
                  fmt::format("interrupted while fetching '{}'", file_.name),
                  part_.size() == 0
                      ? "the same command tries again"
                      : fmt::format("the same command goes on with '{}'", part_.path().string()));
    }
  }

  void moved(int64_t done, int64_t total) {
    if (!begun_) {
      watch_.progress.begin("fetching " + file_.name, total / kKilobyte, "KB", done / kKilobyte);
    }
    begun_ = true;
    watch_.progress.update(done / kKilobyte, {});
  }

  void end_stage() {
    if (begun_) watch_.progress.end("");
    begun_ = false;
  }

  const DataFile& file_;
  const fs::path& place_;
  const TransferLimits& limits_;
  const Watch& watch_;
  PartFile part_;
  bool begun_ = false;
  FileReport report_;
};

}  // namespace

std::vector<FileOutcome> fetch_files(const DataFiles& files, Depth depth,
                                     const TransferLimits& limits, const Watch& watch) {
  std::vector<FileOutcome> outcomes;
  for (const DataFile& file : files.list) {
    const fs::path place = place_of(files, file);
    FileOutcome outcome{look_at(file, place, depth, watch)};
    if (is_wrong(outcome.report.state) && !file.urls.empty()) {
      Fetch fetch(file, place, limits, watch);
      outcome.fetched = !fetch.another_was_first(depth);
      outcome.report = outcome.fetched ? fetch.run(files) : look_at(file, place, depth, watch);
    }
    outcomes.push_back(outcome);
  }
  return outcomes;
}

}  // namespace modhost::core
