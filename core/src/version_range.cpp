#include "version_range.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "modhost/error.h"

namespace modhost::core {
namespace {

[[noreturn]] void refuse(std::string_view range) {
  throw Error(ErrorCode::plugin,
              "'" + std::string(range) + "' is no version range; it looks like '>=0.1,<2'");
}

using Version = std::array<int, 3>;

// "1.2" is 1.2.0. False when a part is no number.
bool parse_version(std::string_view text, Version& out) {
  out = {};
  for (int& part : out) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), part);
    if (result.ec != std::errc() || part < 0) return false;
    text.remove_prefix(static_cast<size_t>(result.ptr - text.data()));
    if (text.empty()) return true;
    if (text.front() != '.') return false;
    text.remove_prefix(1);
  }
  return false;
}

bool holds(const Version& version, std::string_view comparison, std::string_view range) {
  while (!comparison.empty() && comparison.front() == ' ') comparison.remove_prefix(1);
  while (!comparison.empty() && comparison.back() == ' ') comparison.remove_suffix(1);
  size_t length = 0;
  while (length < comparison.size() &&
         std::string_view("<>=").find(comparison[length]) != std::string_view::npos)
    ++length;
  const std::string_view sign = comparison.substr(0, length);
  Version bound;
  if (!parse_version(comparison.substr(length), bound)) refuse(range);
  if (sign == ">=") return version >= bound;
  if (sign == "<=") return version <= bound;
  if (sign == ">") return version > bound;
  if (sign == "<") return version < bound;
  if (sign == "==" || sign == "=") return version == bound;
  refuse(range);
}

}  // namespace

bool version_fits(std::string_view version, std::string_view range) {
  Version number;
  check(parse_version(version, number), ErrorCode::plugin,
        "'" + std::string(version) + "' is no version");
  bool fits = true;
  for (size_t start = 0; start <= range.size();) {
    const size_t end = std::min(range.find(',', start), range.size());
    fits = holds(number, range.substr(start, end - start), range) && fits;
    start = end + 1;
  }
  return fits;
}

}  // namespace modhost::core
