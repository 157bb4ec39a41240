#include "plugin_components.h"

#include <fmt/format.h>

#include "modhost/error.h"

namespace modhost::core {
namespace {

class NoPlugins : public ComponentSource {
 public:
  const Component& get(ComponentKind kind, const std::string& name) override {
    throw Error(ErrorCode::config, fmt::format("unknown {} '{}'", to_string(kind), name));
  }
  std::vector<std::string> names(ComponentKind) const override { return {}; }
  std::vector<Used> used() const override { return {}; }
};

}  // namespace

std::unique_ptr<ComponentSource> installed_components(const std::vector<std::filesystem::path>&) {
  return std::make_unique<NoPlugins>();
}

}  // namespace modhost::core
