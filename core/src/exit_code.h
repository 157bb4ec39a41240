// How modhost ends: exit codes and the one line that an error becomes.
#pragma once

#include <string>

#include "modhost/error.h"

namespace modhost::core {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitWrongUse = 2;
// Of `modhost plugin check`.
inline constexpr int kExitNotFound = 3;
inline constexpr int kExitIncompatible = 4;
inline constexpr int kExitCrashed = 5;
inline constexpr int kExitInterrupted = 130;

int exit_code(modhost::ErrorCode code);

// Writes "modhost: <message>; <hint>" to stderr.
void report(const std::string& text);

}  // namespace modhost::core
