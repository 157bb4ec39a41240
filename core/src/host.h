// The host from its arguments to its exit code.
#pragma once

#include <string>
#include <vector>

namespace modhost::core {

// Never throws: whatever goes wrong becomes one line on stderr and an exit code.
int run_host(const std::vector<std::string>& arguments);

}  // namespace modhost::core
