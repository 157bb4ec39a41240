// What the dynamic linker says, in words that a plugin's user can act on.
#pragma once

#include <string>

namespace modhost::core {

struct LinkerError {
  std::string message;  // with demangled names
  std::string hint;
};

// `text` is what dlerror() or Boost.DLL's exception says.
LinkerError explain_linker_error(const std::string& text);

// A mangled C++ name in readable form; other names as they are.
std::string demangled(const std::string& name);

}  // namespace modhost::core
