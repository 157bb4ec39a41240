#include "demangle.h"

#include <cxxabi.h>

#include <cstdlib>

namespace modhost::conformance {

std::string demangled(const char* name) {
  int status = 0;
  char* const text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  const std::string out = text == nullptr ? name : text;
  std::free(text);
  return out;
}

}  // namespace modhost::conformance
