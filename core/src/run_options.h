// The options of the section [run]: where and how the host computes, not what.
#pragma once

#include "modhost/option.h"

namespace modhost::core {

inline constexpr int kMostThreads = 4096;

struct RunOptions : Options {
  Option<std::string> dir{*this, "dir", "",
                          "folder of the run; empty: runs/METHOD-MODEL-DATASET-HASH"};
  Option<int64_t> seed{*this, "seed", 1, "start of all random numbers", AtLeast{0}};
  Option<int64_t> threads{*this, "threads", 0,
                          "threads of the computation; 0: all cores; results can differ in the "
                          "last bits between numbers of threads",
                          Range{0, kMostThreads}};
  Option<std::string> device{*this, "device", "cpu", "where tensors are computed",
                             Choices{{"cpu", "cuda"}}};
  Option<double> checkpoint_seconds{*this, "checkpoint_seconds", 20.0,
                                    "time between two checkpoints of a training", Range{0, 86400}};
  Option<bool> fresh{*this, "fresh", false, "throw away what an earlier run left in the folder"};
};

// Keys of [run] that say where the run lies or how fast it goes. They are left out of the config
// hash, and two runs that differ in nothing else are the same run. With other threads sums are
// rounded otherwise; a run therefore keeps the number that it was begun with.
bool changes_results(const std::string& run_key);

// Keys of [run] that concern one call of modhost only and are not kept in the run's config.toml.
bool is_kept(const std::string& run_key);

}  // namespace modhost::core
