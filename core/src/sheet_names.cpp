#include "sheet_names.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace modhost::core {
namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

size_t code_points(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !continues(byte); }));
}

// Where the code point with this number begins.
size_t place_of(std::string_view text, size_t number) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!continues(text[at]) && number-- == 0) break;
  }
  return at;
}

std::string valid_utf8(std::string_view text) {
  const bool is_ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
  if (is_ascii) return std::string(text);
  using Json = nlohmann::json;
  return Json::parse(Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace))
      .get<std::string>();
}

std::string shortened(const std::string& name, size_t most) {
  constexpr size_t kTail = 8;
  const size_t length = code_points(name);
  if (length <= most) return name;
  if (most < 2 * kTail) return name.substr(0, place_of(name, most));
  return name.substr(0, place_of(name, most - kTail - 1)) + "~" +
         name.substr(place_of(name, length - kTail));
}

std::string legal(std::string_view text) {
  std::string out = workbook_text(text);
  for (char& c : out) {
    if (std::string_view("[]:*?/\\'\t\r\n").find(c) != std::string_view::npos) c = '_';
  }
  return out;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

std::string workbook_text(std::string_view text, size_t most) {
  std::string out = valid_utf8(text);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f) c = '?';
  }
  if (out.size() <= most || code_points(out) <= most) return out;
  return out.substr(0, place_of(out, most - 1)) + "\u2026";
}

std::string SheetNames::add(std::string_view name, std::string_view state) {
  std::string suffix = legal(state);
  std::replace(suffix.begin(), suffix.end(), '_', ' ');
  if (!suffix.empty()) suffix = " " + shortened(suffix, kLongestSheetName / 2 + 2);
  const std::string stem = name.empty() ? "run" : legal(name);
  for (int64_t number = 1;; ++number) {
    const std::string tail = suffix + (number == 1 ? "" : "~" + std::to_string(number));
    const std::string out = shortened(stem, kLongestSheetName - code_points(tail)) + tail;
    // Excel keeps this one for itself.
    if (lower(out) != "history" && taken_.insert(lower(out)).second) return out;
  }
}

}  // namespace modhost::core
