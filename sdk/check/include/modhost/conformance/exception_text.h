// Exceptions of a plugin in words.
#pragma once

#include <string>

namespace modhost::conformance {

// The exception being handled, as one line.
std::string current_exception_text();

// Whether it is a refusal that a plugin may make: a modhost::Error, or one of LibTorch.
bool current_exception_is_clean();

}  // namespace modhost::conformance
