// The progress of a run as JSON lines on stdout, for programs that drive modhost.
#pragma once

#include <chrono>
#include <string>

#include "modhost/progress.h"

namespace modhost::core {

// {"event": "begin", "stage", "total", "unit", "done"}, {"event": "update", "stage", "done",
// "numbers"} at most once a second, {"event": "end", "stage", "summary"}.
class JsonProgress : public modhost::Progress {
 public:
  void begin(const std::string& stage, int64_t total, const std::string& unit,
             int64_t done) override;
  void update(int64_t done, const modhost::Numbers& numbers) override;
  void end(const std::string& summary) override;

 private:
  std::string stage_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace modhost::core
