#include "terminal_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "terminal_width.h"

namespace modhost::core {
namespace {

constexpr double kFirstDrawSeconds = 1.0;
constexpr double kRedrawSeconds = 0.1;
constexpr size_t kUsualWidth = 80;
constexpr const char* kEraseLine = "\r\x1b[2K";

double seconds_between(std::chrono::steady_clock::time_point from,
                       std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

void put(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

TerminalProgress::TerminalProgress(double sentence_seconds)
    : sentence_seconds_(sentence_seconds), on_terminal_(::isatty(STDERR_FILENO) == 1) {}

TerminalProgress::~TerminalProgress() {
  // An unfinished stage keeps its last line: it says how far the work came.
  if (drawn_) put("\n");
}

void TerminalProgress::begin(const std::string& stage, int64_t total, const std::string& unit,
                             int64_t done) {
  erase();
  state_ = ProgressState{stage, unit, done, total, 0, {}};
  first_done_ = done;
  started_ = last_drawn_ = Clock::now();
  if (on_terminal_) return;
  std::string text = total > 0 ? fmt::format("{}: {} {}", stage, count_text(total), unit) : stage;
  if (done > 0) text += fmt::format(", {} of them done before", count_text(done));
  sentence(text);
}

void TerminalProgress::update(int64_t done, const modhost::Numbers& numbers) {
  state_.done = done;
  state_.numbers = numbers;
  if (!on_terminal_ && sentence_seconds_ == 0) return;
  const auto now = Clock::now();
  const double elapsed = seconds_between(started_, now);
  const double since = seconds_between(last_drawn_, now);
  if (on_terminal_ ? elapsed < kFirstDrawSeconds : since < sentence_seconds_) return;
  if (drawn_ && since < kRedrawSeconds) return;
  state_.rate = static_cast<double>(done - first_done_) / elapsed;
  last_drawn_ = now;
  if (on_terminal_) {
    draw();
  } else {
    sentence(progress_sentence(state_));
  }
}

void TerminalProgress::end(const std::string& summary) {
  erase();
  if (!summary.empty()) sentence(summary);
}

void TerminalProgress::draw() {
  // One column stays free: some terminals wrap when the last one is written.
  const auto width = static_cast<int>(terminal_width(STDERR_FILENO).value_or(kUsualWidth));
  put(kEraseLine + progress_line(state_, width - 1));
  drawn_ = true;
}

void TerminalProgress::erase() {
  if (drawn_) put(kEraseLine);
  drawn_ = false;
}

void TerminalProgress::sentence(const std::string& text) { put(text + "\n"); }

}  // namespace modhost::core
