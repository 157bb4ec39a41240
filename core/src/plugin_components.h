// The components of the installed plugins, loaded one by one as they are named.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "component_source.h"

namespace modhost::core {

// Looks into the folders of plugins (those in `first` before the usual ones); loads nothing yet.
std::unique_ptr<ComponentSource> installed_components(
    const std::vector<std::filesystem::path>& first);

}  // namespace modhost::core
