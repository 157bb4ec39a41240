// LibTorch trusts the files that it loads: a damaged program can take it down. So a file is loaded
// in a copy of this process first.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace modhost_torchscript {

// Runs `work` in a child process with no more than `memory` bytes besides what this process has.
// Returns how it broke down, "" when it did not: an exception of its own is no breakdown, since
// the same will be thrown here. What `work` changes is lost.
std::string breakdown(const std::function<void()>& work, uint64_t memory);

}  // namespace modhost_torchscript
