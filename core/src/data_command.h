// `modhost data show NAME --out FILE.png` and `modhost data export NAME DIR`.
#pragma once

#include "command_line.h"
#include "component_source.h"

namespace modhost::core {

// Returns the exit code; throws Error.
int data_command(const CommandLine& line, ComponentSource& source);

}  // namespace modhost::core
