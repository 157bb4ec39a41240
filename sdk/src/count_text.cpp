#include "modhost/count_text.h"

namespace modhost {
inline namespace v1 {

std::string count_text(int64_t count) {
  std::string text = std::to_string(count);
  const int64_t digits_from = count < 0 ? 1 : 0;
  for (auto at = static_cast<int64_t>(text.size()) - 3; at > digits_from; at -= 3) {
    text.insert(static_cast<size_t>(at), ",");
  }
  return text;
}

}  // namespace v1
}  // namespace modhost
