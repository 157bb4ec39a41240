// `modhost convert FILE OUT`: the weights of a file in another format.
#pragma once

#include <ostream>

#include "command_line.h"

namespace modhost::core {

// Writes what `modhost inspect FILE` shows, in the format of OUT's extension: .pt or .pth, which
// torch.load of Python opens as a dict, .safetensors or .npz. With --model.mask MASK the weights
// stay whole and the masks come beside them, named as by torch.nn.utils.prune. Returns the exit
// code; throws Error.
int convert_command(const CommandLine& line, std::ostream& out);

}  // namespace modhost::core
