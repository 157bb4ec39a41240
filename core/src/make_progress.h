// The progress that the command line asks for.
#pragma once

#include <memory>

#include "command_line.h"
#include "modhost/progress.h"

namespace modhost::core {

// Silent with --quiet, JSON lines with --json, else on stderr. `sentence_seconds` as in
// TerminalProgress.
std::unique_ptr<modhost::Progress> make_progress(const CommandLine& line,
                                                 double sentence_seconds = 0);

}  // namespace modhost::core
