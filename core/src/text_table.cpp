#include "text_table.h"

#include <algorithm>
#include <cstdint>

namespace modhost::core {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kNarrowestText = 30;  // a narrower last column is not broken

// Code points of UTF-8; a byte that does not fit in counts as one.
uint32_t next_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  length = std::min(length, text.size());
  uint32_t point = length == 1 ? lead : lead & (0x7fU >> length);
  for (size_t i = 1; i < length; ++i) {
    point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  text.remove_prefix(length);
  return point;
}

bool is_between(uint32_t point, uint32_t low, uint32_t high) {
  return point >= low && point <= high;
}

size_t width_of(uint32_t point) {
  if (is_between(point, 0x300, 0x36f) || is_between(point, 0x200b, 0x200f)) return 0;
  const bool wide = is_between(point, 0x1100, 0x115f) || is_between(point, 0x2e80, 0xa4cf) ||
                    is_between(point, 0xac00, 0xd7a3) || is_between(point, 0xf900, 0xfaff) ||
                    is_between(point, 0xff00, 0xff60) || is_between(point, 0x1f300, 0x1faff);
  return wide ? 2 : 1;
}

// "90 %" is one word.
size_t end_of_word(const std::string& text, size_t start) {
  size_t end = text.find(' ', start);
  while (end != std::string::npos && text.compare(end, 2, " %") == 0) end = text.find(' ', end + 1);
  return std::min(end, text.size());
}

}  // namespace

size_t display_width(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) width += width_of(next_code_point(text));
  return width;
}

std::vector<std::string> broken_lines(const std::string& text, size_t width) {
  std::vector<std::string> lines(1);
  for (size_t start = 0; start < text.size();) {
    const size_t end = end_of_word(text, start);
    const std::string word = text.substr(start, end - start);
    const bool first = lines.back().empty();
    if (!first && display_width(lines.back()) + 1 + display_width(word) > width) {
      lines.push_back(word);
    } else {
      lines.back() += (first ? "" : " ") + word;
    }
    start = end + 1;
  }
  return lines;
}

TextTable::TextTable(std::vector<std::string> header) : header_(std::move(header)) {}

void TextTable::add(std::vector<std::string> cells) {
  cells.resize(header_.size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::text(std::string_view indent, size_t width) const {
  std::vector<std::vector<std::string>> lines = {header_};
  lines.insert(lines.end(), rows_.begin(), rows_.end());
  std::vector<size_t> widths(header_.size());
  for (const auto& cells : lines) {
    for (size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], display_width(cells[i]));
  }
  size_t last_start = indent.size();
  for (size_t i = 0; i + 1 < widths.size(); ++i) last_start += widths[i] + kGap;
  const size_t last_width =
      last_start + kNarrowestText > width ? std::string::npos : width - last_start;

  std::string out;
  for (const auto& cells : lines) {
    std::string line(indent);
    for (size_t i = 0; i + 1 < cells.size(); ++i) {
      line += cells[i] + std::string(widths[i] - display_width(cells[i]) + kGap, ' ');
    }
    const std::vector<std::string> parts = broken_lines(cells.back(), last_width);
    for (size_t i = 0; i < parts.size(); ++i) {
      std::string part = (i == 0 ? line : std::string(last_start, ' ')) + parts[i];
      part.erase(part.find_last_not_of(' ') + 1);
      out += part + "\n";
    }
  }
  return out;
}

}  // namespace modhost::core
