// `modhost inspect FILE`: what is in a file of weights or masks, and how to go on with it.
#pragma once

#include <ostream>

#include "command_line.h"

namespace modhost::core {

// Format, the table that holds the network, and its tensors with shapes, types and shares of zeros;
// at the end what to pass to a run. The weight options of [model] are obeyed. Returns the exit
// code; throws Error when the file cannot be read.
int inspect_command(const CommandLine& line, std::ostream& out);

}  // namespace modhost::core
