// Text from a file in a message to a person.
#pragma once

#include <string>
#include <string_view>

namespace modhost {
inline namespace v1 {

// Control characters become '?', and what is longer than 80 bytes is cut.
std::string shown(std::string_view text);

}  // namespace v1
}  // namespace modhost
