// What the command line of the benchmark says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "modhost/mask.h"

namespace modhost::bench {

struct Settings {
  std::vector<std::string> only;  // globs over names; empty: all
  std::vector<Estimator> estimators{Estimator::gumbel, Estimator::mean};
  int threads = 1;
  int64_t repeats = 0;  // 0: as each benchmark thinks right
  bool tiny = false;    // sizes of a toy: to see that all of it runs
  bool here = false;    // in this process, JSON to stdout: for a profiler, and how it calls itself
  bool list = false;
  bool help = false;
  std::string out;  // file of the results

  bool wants(const std::string& name) const;
  // The words that make the benchmark run `name` here with the same settings.
  std::string command_for(const std::string& name) const;
};

// Error(usage) for anything unknown.
Settings parse(const std::vector<std::string>& words);

std::string usage();

}  // namespace modhost::bench
