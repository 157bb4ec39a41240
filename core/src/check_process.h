// One check in a process of its own: whatever it does, the caller goes on.
#pragma once

#include <functional>
#include <string>

#include "modhost/conformance/check.h"

namespace modhost::core {

struct CheckResult {
  std::string check;      // the id
  std::string component;  // "" for checks of the whole plugin
  std::string result;     // pass, warn, fail, skip or crash
  std::string text;
  double seconds = 0;
};

struct ProcessLimits {
  double seconds = 60;
  // The process must also end well by returning from main, not only deliver its outcome.
  bool to_the_end = false;
};

// Runs `work` in a child that is made by fork: the caller has started no threads of LibTorch. What
// the child prints is dropped, but its last lines are kept in the text when it fails. A child that
// dies gives "crash" with the signal's name; one that takes too long is killed and gives "fail".
CheckResult run_in_child(const std::function<conformance::Outcome()>& work,
                         const ProcessLimits& limits);

// The same without a process, for a debugger.
CheckResult run_here(const std::function<conformance::Outcome()>& work);

}  // namespace modhost::core
