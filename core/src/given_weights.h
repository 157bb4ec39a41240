// The file of weights that a command is about, with the weight options of [model].
#pragma once

#include "command_line.h"
#include "modhost/weights.h"

namespace modhost::core {

// The options with `line.subject` as the file. Error(config) for a key of [model] that is none of
// them.
std::unique_ptr<WeightsOptions> given_weights(const CommandLine& line);

}  // namespace modhost::core
