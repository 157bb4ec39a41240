// `modhost info NAME|ID|FILE`: everything about one plugin and its components.
#pragma once

#include <ostream>
#include <string>

#include "plugin_source.h"

namespace modhost::core {

// `what` is the name of a component, the id of a plugin, or a path: its folder or library. Shows
// the manifest, the fingerprint beside the host's, and, when the plugin can be loaded, its
// components with their options. Returns 0, or 1 when the plugin cannot be used. Error(config) when
// nothing of that name is installed.
int info_command(PluginSource& source, const std::string& what, bool json, std::ostream& out);

}  // namespace modhost::core
