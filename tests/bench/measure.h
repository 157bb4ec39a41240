// Clocks, and numbers of several repetitions.
#pragma once

#include <ctime>
#include <vector>

namespace modhost::bench {

struct Seconds {
  double cpu = 0;  // of all threads of the process
  double wall = 0;
};

inline double clock_seconds(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

template <typename Work>
Seconds timed(const Work& work) {
  const double cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID), wall = clock_seconds(CLOCK_MONOTONIC);
  work();
  return {clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, clock_seconds(CLOCK_MONOTONIC) - wall};
}

double median(std::vector<double> values);

// Of at least one repetition.
struct Series {
  std::vector<Seconds> all;

  double cpu() const;   // median
  double wall() const;  // median
  double cpu_min() const;
  double cpu_max() const;
};

// The median of a[i] / b[i] in CPU seconds: of repetitions that were next to each other in time.
double pair_ratio(const Series& a, const Series& b);

}  // namespace modhost::bench
