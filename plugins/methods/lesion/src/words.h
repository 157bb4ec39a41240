// Numbers and answers as the tables and sentences of this method have them.
#pragma once

#include <cstdio>
#include <optional>
#include <string>

namespace modhost_lesion {

inline std::string text(const char* format, double number) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, number);
  return buffer;
}

inline std::string text(const char* format, const std::optional<double>& number) {
  return number ? text(format, *number) : "-";
}

inline std::string yes_no(bool yes) { return yes ? "yes" : "no"; }

}  // namespace modhost_lesion
