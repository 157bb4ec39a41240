// `modhost run` and `modhost resume DIR`.
#pragma once

#include "command_line.h"
#include "component_source.h"

namespace modhost::core {

// Config files and command line as one, the later ones winning. For resume: the run's own
// config.toml, then the command line.
Settings written_settings(const CommandLine& line);

// Computes the run, or continues it, or shows again what a finished run gave. Returns the exit
// code; throws Error for what went wrong.
int run_command(const CommandLine& line, ComponentSource& source);

}  // namespace modhost::core
