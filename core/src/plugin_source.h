// The components that a run can name: those of the plugins and the SDK's own.
#pragma once

#include "catalog.h"
#include "component_source.h"
#include "loader.h"

namespace modhost::core {

class PluginSource : public ComponentSource {
 public:
  explicit PluginSource(Catalog catalog);

  // As Catalog::provider() and Loader::load().
  const Component& get(ComponentKind kind, const std::string& name) override;
  std::vector<std::string> names(ComponentKind kind) const override;
  std::vector<std::string> fitting(ComponentKind kind, const Accepts& wanted) const override;
  std::vector<Used> used() const override;

  // A layer or mask family that comes with the SDK, nullptr when there is none of that name.
  const Component* built_in(const std::string& name) const;
  std::vector<std::string> all_built_in() const;

  const Catalog& catalog() const { return catalog_; }
  Loader& loader() { return loader_; }

 private:
  std::vector<std::string> built_in_names(ComponentKind kind) const;

  Catalog catalog_;
  Registry registry_;
  Loader loader_;
};

}  // namespace modhost::core
