// Reading modhost-check.toml.
#pragma once

#include <filesystem>
#include <string_view>

#include "modhost/conformance/check_file.h"

namespace modhost::core {

// Error(config) with file, line and column: no TOML, an unknown key, a check or limit that does not
// exist (with the nearest), a reason that is missing or empty.
conformance::CheckFile parse_check_file(std::string_view text, const std::string& name);

// The file in a plugin's folder; an empty one when there is none.
conformance::CheckFile read_check_file(const std::filesystem::path& folder);

}  // namespace modhost::core
