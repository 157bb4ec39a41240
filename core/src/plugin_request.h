// What `modhost plugin ...` was asked to do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "modhost/registry.h"

namespace modhost::core {

struct NewPluginRequest {
  ComponentKind kind = ComponentKind::model;
  std::string name;
  std::filesystem::path folder;  // to be made; "" for ./NAME
};

struct CheckRequest {
  std::string subject;            // a component, a plugin's id, or a path
  std::vector<std::string> only;  // check ids with * and ?; {} for all
  uint64_t seed = 1;
  bool full = false;        // --level full
  bool in_process = false;  // for debuggers
  bool list = false;        // tell the checks instead of running them
};

}  // namespace modhost::core
