// Values of TOML as options take them.
#pragma once

#include <string>

#include "modhost/option.h"
#include "toml.h"

namespace modhost::core {

// The values of a table with their origin "name:line:column". `section` goes before the keys in
// messages. Error(config) for a value that no option can have (a date).
OptionTable option_table(const toml::table& table, const std::string& section,
                         const std::string& name);

}  // namespace modhost::core
