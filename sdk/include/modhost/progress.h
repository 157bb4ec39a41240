// How long work tells the person in front of the screen where it is, and is told to stop.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace modhost {
inline namespace v1 {

// Numbers shown beside the bar, e.g. {"accuracy", 0.66}.
using Numbers = std::vector<std::pair<std::string, double>>;

// The host shows a line with rate and time left on a terminal, JSON lines with --json, nothing with
// --quiet. Called from one thread. The base class is silent.
class Progress {
 public:
  virtual ~Progress();
  // Starts a stage of `total` units ("problems"); `done` of them were finished by an earlier run.
  virtual void begin(const std::string& stage, int64_t total, const std::string& unit,
                     int64_t done = 0);
  virtual void update(int64_t done, const Numbers& numbers);
  // Replaces the line by a sentence that stays: "accuracy 0.71 on 1,000 held-out problems".
  virtual void end(const std::string& summary);
};

// Set by the host when the user interrupts; long loops look at it between two steps.
class StopSignal {
 public:
  bool requested() const { return requested_.load(std::memory_order_relaxed); }
  void request() { requested_.store(true, std::memory_order_relaxed); }  // async-signal-safe

 private:
  std::atomic<bool> requested_{false};
};

}  // namespace v1
}  // namespace modhost
