// The text of `modhost --help`.
#pragma once

#include <string>

#include "component_source.h"
#include "modhost/option.h"
#include "settings.h"

namespace modhost::core {

// Usage, commands, flags, the sections [train] and [run], and the options of the components that
// `written` names. Lines are at most 96 columns wide.
std::string help_text(const Settings& written, ComponentSource& source);

// One block for each option: "  --train.lr X   learning rate (above 0) [0.001]".
std::string options_help(const std::string& section, const Options& options);

}  // namespace modhost::core
