// `modhost list`: what is installed, without loading any of it.
#pragma once

#include <ostream>

#include "catalog.h"

namespace modhost::core {

struct ListOptions {
  bool json = false;
  bool all = false;  // the plugins too, with state and place, also those that cannot be used
};

// Models, methods, datasets and layers by name, with the description of their plugin; then the
// plugins that cannot be used, with the reason. Returns the exit code.
int list_command(const Catalog& catalog, const ListOptions& options, std::ostream& out);

}  // namespace modhost::core
