// LibTorch trusts the files that it loads: a damaged program can take it down, and one that is not
// damaged need not come to an end. So both loading and running are tried in a copy of this process.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace modhost_torchscript {

struct Limits {
  uint64_t memory;  // bytes, besides what this process has
  int64_t seconds;  // of CPU time; ten times as many by the clock
};

// Runs `work` in a child process on one thread and within the limits. Returns how it broke down, ""
// when it did not: an exception of its own is no breakdown, since the same will be thrown here.
// What `work` changes is lost.
std::string breakdown(const std::function<void()>& work, const Limits& limits);

}  // namespace modhost_torchscript
