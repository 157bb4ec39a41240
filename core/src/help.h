// The text of `modhost --help`.
#pragma once

#include <string>

#include "component_source.h"
#include "modhost/option.h"
#include "settings.h"

namespace modhost::core {

// Usage, commands, flags, the sections [train] and [run], and the options of the components that
// `written` names and of the dataset that these suggest. Each option is shown with the value that
// it has when nothing is written: its default, or what the components suggest, marked
// "(from NAME)". Lines are at most 96 columns wide.
std::string help_text(const Settings& written, ComponentSource& source);

}  // namespace modhost::core
