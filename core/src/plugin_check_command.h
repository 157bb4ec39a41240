// `modhost plugin check NAME|FILE`: runs the conformance checks on a plugin.
#pragma once

#include <ostream>

#include "plugin_request.h"
#include "plugin_source.h"

namespace modhost::core {

// Returns 0 when nothing failed, 1 when a check failed, 3 when there is no such plugin, 4 when it
// was built for another host, 5 when a check crashed. Error(usage) for checks that do not exist,
// Error(config) for a wrong modhost-check.toml.
int plugin_check_command(const CheckRequest& request, bool json, PluginSource& source,
                         std::ostream& out);

}  // namespace modhost::core
