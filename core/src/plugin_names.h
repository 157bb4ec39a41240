// From the name of a plugin to a name for its class.
#pragma once

#include <string>

namespace modhost::core {

// Error(usage) unless `name` may be a component's: a-z, 0-9, '-' and '_', begins with a letter or
// digit, at most 64 characters.
void check_plugin_name(const std::string& name);

// "my-net_2" -> "MyNet2"; a valid C++ identifier that no type of the SDK has. `kind` ("model") is
// put in front of a digit and behind a name that is taken: "3-way" -> "Model3Way", "layer" ->
// "LayerModel".
std::string class_name(const std::string& name, const std::string& kind);

}  // namespace modhost::core
