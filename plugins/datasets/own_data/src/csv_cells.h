// What is written in a cell of a table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace modhost_own_data {

// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

// Empty, NA, N/A, NaN, nan, null or ?.
bool is_missing(std::string_view text);

// A finite decimal number, whatever the locale. comma: it has a decimal comma.
std::optional<double> number_in(std::string_view text, bool comma);

}  // namespace modhost_own_data
