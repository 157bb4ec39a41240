// Version ranges such as ">=0.1,<2".
#pragma once

#include <string_view>

namespace modhost::core {

// Whether `version` ("0.1.0") satisfies all comparisons of `range`, which are joined by commas.
// Error(plugin) when one of the two cannot be read.
bool version_fits(std::string_view version, std::string_view range);

}  // namespace modhost::core
