// What a model takes or a dataset gives, written as in plugin.toml.
#pragma once

#include <string>

#include "modhost/signature.h"

namespace modhost::core {

// "features, image -> classes", as Accepts::text() writes it. Error(plugin) with what is wrong.
Accepts parse_accepts(const std::string& text);

// Whether some signature fits both.
bool overlap(const Accepts& one, const Accepts& other);

}  // namespace modhost::core
