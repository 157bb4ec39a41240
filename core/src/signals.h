// Ctrl-C and SIGTERM: the first asks the running work to stop at its next checkpoint, the second
// ends the process.
#pragma once

#include "modhost/progress.h"

namespace modhost::core {

// While it lives, SIGINT and SIGTERM go to `stop`. One at a time.
class SignalScope {
 public:
  // `announce`: say on stderr that the signal was heard.
  SignalScope(modhost::StopSignal& stop, bool announce);
  SignalScope(const SignalScope&) = delete;
  SignalScope& operator=(const SignalScope&) = delete;
  ~SignalScope();
};

}  // namespace modhost::core
