// Numbers as a person reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace modhost {
inline namespace v1 {

// "1,000,000"
std::string count_text(int64_t count);

// As printf writes it, by a format of one number such as "%.3f"; "-" for none.
std::string number_text(const char* format, double number);
std::string number_text(const char* format, const std::optional<double>& number);

}  // namespace v1
}  // namespace modhost
