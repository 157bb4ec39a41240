// C++ names as people read them.
#pragma once

#include <string>

namespace modhost::conformance {

// The name itself when it is no mangled one.
std::string demangled(const char* name);

}  // namespace modhost::conformance
