// toml++ with its claims about its own state checked in every build. Bytes that are no text break
// one of them, and where claims are not checked the compiler takes them for granted.
#pragma once

#include <stdexcept>

namespace modhost::core {

// What a parser throws when its input brought it into a state that it did not expect.
struct UnexpectedToml : std::logic_error {
  UnexpectedToml() : std::logic_error("it holds bytes that are no text") {}
};

constexpr void toml_expects(bool holds) {
  if (!holds) throw UnexpectedToml();
}

}  // namespace modhost::core

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(claim) ::modhost::core::toml_expects(static_cast<bool>(claim))
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")
