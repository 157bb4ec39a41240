// What a component says about itself, as text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "modhost/registry.h"

namespace modhost::core {

// Head line, reference, accepted signatures, suggestions, and a table of the options.
std::string component_text(const Component& component);

nlohmann::ordered_json component_json(const Component& component);

}  // namespace modhost::core
