#include "csv_cells.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace modhost_own_data {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_missing(std::string_view text) {
  constexpr std::array<std::string_view, 7> kWords = {"", "NA", "N/A", "NaN", "nan", "null", "?"};
  return std::find(kWords.begin(), kWords.end(), trimmed(text)) != kWords.end();
}

std::optional<double> number_in(std::string_view text, bool comma) {
  text = trimmed(text);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  std::string changed;
  if (comma) {
    if (text.find('.') != std::string_view::npos) return std::nullopt;
    changed = text;
    std::replace(changed.begin(), changed.end(), ',', '.');
    text = changed;
  }
  double value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace modhost_own_data
