#include "modhost/shown_text.h"

namespace modhost {
inline namespace v1 {

std::string shown(std::string_view text) {
  constexpr size_t kLongest = 80;
  std::string out;
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
  return text.size() > kLongest ? out + "..." : out;
}

}  // namespace v1
}  // namespace modhost
