// The progress of a run on stderr: one line that is redrawn on a terminal, sentences elsewhere.
#pragma once

#include <chrono>
#include <string>

#include "modhost/progress.h"
#include "progress_line.h"

namespace modhost::core {

// On a terminal: a line with bar, rate and time left, redrawn at most ten times a second, that
// first appears when a stage has lasted a second; the stage's summary replaces it. When stderr is
// no terminal: a sentence when a stage begins and one when it ends, and when asked for one every so
// many seconds between.
class TerminalProgress : public modhost::Progress {
 public:
  // `sentence_seconds`: between two sentences where there is no terminal; 0: none between.
  explicit TerminalProgress(double sentence_seconds = 0);
  ~TerminalProgress() override;  // leaves no half line behind

  void begin(const std::string& stage, int64_t total, const std::string& unit,
             int64_t done) override;
  void update(int64_t done, const modhost::Numbers& numbers) override;
  void end(const std::string& summary) override;

 private:
  using Clock = std::chrono::steady_clock;

  void draw();
  void erase();
  void sentence(const std::string& text);

  double sentence_seconds_;
  bool on_terminal_;
  bool drawn_ = false;
  ProgressState state_;
  int64_t first_done_ = 0;
  Clock::time_point started_;
  Clock::time_point last_drawn_;
};

}  // namespace modhost::core
