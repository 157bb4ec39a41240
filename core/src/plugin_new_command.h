// `modhost plugin new KIND NAME`: writes a project that builds and passes its test before any edit.
#pragma once

#include <filesystem>
#include <ostream>

#include "plugin_request.h"

namespace modhost::core {

// Where the templates lie: share/modhost/template beside the program's bin.
std::filesystem::path template_folder();

// Writes the project of `request` from `templates` as a whole or not at all. Error(usage) for a bad
// name or a folder that is there already, Error(io) when it cannot be written.
void write_plugin_project(const NewPluginRequest& request, const std::filesystem::path& templates);

// Returns 0 and tells the next commands.
int plugin_new_command(const NewPluginRequest& request, std::ostream& out);

}  // namespace modhost::core
