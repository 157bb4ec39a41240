// The one place where exceptions from a plugin's code become errors that name the plugin.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <type_traits>

#include "modhost/registry.h"

namespace modhost::core {

// Rethrows the exception being handled as a modhost::Error. Errors that the user has to act on
// (usage, config, data, io, interrupted) pass as they are; all others tell that `component` of
// which plugin failed while it was `doing` something.
[[noreturn]] void rethrow_named(const Component& component, const std::string& doing);

template <typename Work>
std::invoke_result_t<Work> guarded(const Component& component, const std::string& doing,
                                   Work&& work) {
  try {
    return std::invoke(work);
  } catch (...) {
    rethrow_named(component, doing);
  }
}

}  // namespace modhost::core
