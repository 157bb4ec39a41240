// What the name of a plugin or component on the command line means.
#pragma once

#include <string>
#include <vector>

#include "catalog.h"

namespace modhost::core {

struct NamedPlugin {
  Candidate candidate;
  std::string component;  // "" for all
};

// `what` is the name of a component, the id of a plugin, ID/NAME, or a path to a folder, manifest
// or library; the plugin need not be usable. Error(config) when nothing of that name is installed;
// it proposes also one of `others`, which were looked at before.
NamedPlugin find_named_plugin(const Catalog& catalog, const std::string& what,
                              const std::vector<std::string>& others = {});

// Whether some plugin provides a component of that name.
bool provides(const Catalog& catalog, const std::string& name);

}  // namespace modhost::core
