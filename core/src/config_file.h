// Config files: TOML text with the tables [model], [dataset], [method], [train] and [run].
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "settings.h"

namespace modhost::core {

// Every value carries its origin "name:line:column". Error(config) with the place for a syntax
// error, a section that does not exist, a key outside of all sections, or a value that no option
// can have (a date).
Settings parse_config(std::string_view text, const std::string& name);

// Error(config) when the file cannot be read.
Settings read_config(const std::filesystem::path& path);

}  // namespace modhost::core
