#include "modhost/count_text.h"

#include <cstdio>

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

std::string number_text(const char* format, double number) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, number);
  return buffer;
}

std::string number_text(const char* format, const std::optional<double>& number) {
  return number ? number_text(format, *number) : "-";
}

}  // namespace v1
}  // namespace modhost
