#include "exit_code.h"

#include <cstdio>

namespace modhost::core {

int exit_code(modhost::ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
    case ErrorCode::config:
      return kExitWrongUse;
    case ErrorCode::interrupted:
      return kExitInterrupted;
    default:
      return kExitFailed;
  }
}

void report(const std::string& text) {
  const std::string line = "modhost: " + text + "\n";
  std::fflush(stdout);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace modhost::core
