// Numbers as text that reads back as the same number.
#pragma once

#include <charconv>
#include <string>

namespace modhost {
inline namespace v1 {
namespace detail {

// The shortest decimal text that is the same double when it is read again.
inline std::string shortest_text(double value) {
  char buffer[64];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
