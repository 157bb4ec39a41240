// The words and flags of `modhost plugin new` and `modhost plugin check`.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

#include "command_line.h"

namespace modhost::core {

boost::program_options::options_description plugin_flags();

// Takes the words after "plugin" from `positional`. Error(usage) for what is missing or unknown.
void read_plugin_command(CommandLine& line, std::vector<std::string>& positional,
                         const boost::program_options::variables_map& map);

// Error(usage) for a flag of plugin_flags() on a line that is no plugin command.
void refuse_plugin_flags(const boost::program_options::variables_map& map);

}  // namespace modhost::core
