// The text of a progress line, from numbers alone.
#pragma once

#include <cstdint>
#include <string>

#include "modhost/progress.h"

namespace modhost::core {

struct ProgressState {
  std::string stage;  // "training"
  std::string unit;   // "problems"
  int64_t done = 0;
  int64_t total = 0;         // 0: not known; there is no bar then
  double rate = 0;           // units a second, 0: not known yet
  modhost::Numbers numbers;  // shown beside the bar
};

// At most `width` columns of UTF-8 without a line end: stage, bar, rate, time left, numbers. What
// does not fit goes, from the right: first the numbers, then the time, the rate, the bar.
std::string progress_line(const ProgressState& state, int width);

// The same where lines are not redrawn: "fetching a.gz: 34 %, 1,750 KB/s, 0:31 left".
std::string progress_sentence(const ProgressState& state);

// "0:31", "12:07", "3:05:00"
std::string duration_text(double seconds);

// Whole numbers with separators: "6,000".
std::string count_text(int64_t count);

// Three digits that matter: "0.663", "12.4", "1,750", "3.2e-05".
std::string short_number(double value);

}  // namespace modhost::core
