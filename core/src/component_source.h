// Where the components that a run names come from.
#pragma once

#include <string>
#include <vector>

#include "modhost/registry.h"

namespace modhost::core {

// The host's own implementation loads plugins; tests register components directly.
class ComponentSource {
 public:
  virtual ~ComponentSource() = default;

  // Loads the plugin that provides the component, and no other. Error(config) for a name that
  // nobody provides, with the nearest one.
  virtual const Component& get(ComponentKind kind, const std::string& name) = 0;

  // All names that get() would find, sorted; loads nothing.
  virtual std::vector<std::string> names(ComponentKind kind) const = 0;

  // Those of names() that say by their plugin's [fits] that they take or give something of
  // `wanted`; loads nothing.
  virtual std::vector<std::string> fitting(ComponentKind kind, const Accepts& wanted) const = 0;

  // The plugins that were loaded: what the results depend on.
  struct Used {
    std::string id;
    std::string version;
    std::string file;
  };
  virtual std::vector<Used> used() const = 0;
};

}  // namespace modhost::core
