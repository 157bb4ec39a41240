// A list of names in a message.
#pragma once

#include <string>
#include <vector>

namespace modhost_own_data {

// "a, b, c", or the first twenty and how many more there are; control characters become '?'.
std::string shown_list(const std::vector<std::string>& names);

}  // namespace modhost_own_data
