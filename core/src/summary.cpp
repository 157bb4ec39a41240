#include "summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "progress_line.h"
#include "text_table.h"

namespace modhost::core {
namespace {

constexpr const char* kGap = "   ";

struct Column {
  std::vector<std::string> cells;  // with the heading first
  bool numbers = true;             // no cell is a name
};

// Decimals that leave three digits that matter in a column whose largest number is `largest`.
int decimals_for(double largest) {
  if (largest >= 100) return 0;
  if (largest >= 10) return 1;
  return 3;
}

std::string number_text(double value, int decimals) {
  if (!std::isfinite(value)) return fmt::format("{}", value);
  if (decimals == 0 && std::abs(value) < 1e15) return count_text(std::llround(value));
  if (value != 0 && std::abs(value) < 0.001) return fmt::format("{:.1e}", value);
  return fmt::format("{:.{}f}", value, decimals);
}

std::string cell_text(const Cell& cell, int decimals) {
  if (const auto* whole = std::get_if<int64_t>(&cell)) return count_text(*whole);
  if (const auto* number = std::get_if<double>(&cell)) return number_text(*number, decimals);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return "-";
}

// "0.70", "31 %", "-": numbers that a method has written out itself.
bool looks_like_number(const std::string& text) {
  const size_t start = text.find_first_not_of("+-");
  return start == std::string::npos || (text[start] >= '0' && text[start] <= '9');
}

Column make_column(const Table& table, size_t index) {
  Column column;
  column.cells.push_back(table.columns[index]);
  double largest = 0;
  for (const auto& row : table.rows) {
    if (const auto* number = std::get_if<double>(&row[index]); number && std::isfinite(*number)) {
      largest = std::max(largest, std::abs(*number));
    }
    const auto* text = std::get_if<std::string>(&row[index]);
    if (text != nullptr && !looks_like_number(*text)) column.numbers = false;
  }
  for (const auto& row : table.rows) {
    column.cells.push_back(cell_text(row[index], decimals_for(largest)));
  }
  return column;
}

std::string padded(const std::string& text, size_t width, bool right) {
  const size_t columns = display_width(text);
  const std::string blanks(width > columns ? width - columns : 0, ' ');
  return right ? blanks + text : text + blanks;
}

// The lines of `text` with those after the first moved to the right.
std::string broken_at(const std::string& text, size_t indent, size_t width) {
  const std::string head = text.substr(0, indent);
  std::string out;
  for (const std::string& line : broken_lines(text.substr(indent), width - indent)) {
    out += (out.empty() ? head : std::string(indent, ' ')) + line + "\n";
  }
  return out;
}

// Where the second column of a header line begins; 0 when that leaves too little room.
size_t second_column(const std::string& line, size_t width) {
  const size_t gap = line.find("  ");
  const size_t start = gap == std::string::npos ? 0 : line.find_first_not_of(' ', gap);
  return start == std::string::npos || start > width / 2 ? 0 : start;
}

std::string without_trailing_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::string table_text(const Table& table) {
  std::vector<std::string> lines(table.rows.size() + 1);
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const Column column = make_column(table, i);
    size_t width = 0;
    for (const std::string& cell : column.cells) width = std::max(width, display_width(cell));
    for (size_t row = 0; row < lines.size(); ++row) {
      if (i > 0) lines[row] += kGap;
      lines[row] += padded(column.cells[row], width, column.numbers);
    }
  }
  std::string text;
  for (const std::string& line : lines) text += without_trailing_blanks(line) + "\n";
  return text;
}

std::string summary_text(const HeaderLines& header, const std::vector<RunWriter::Shown>& shown) {
  size_t width = 0;
  for (const auto& line : header) width = std::max(width, display_width(line.first));
  std::string text;
  for (const auto& [name, what] : header) {
    text += padded(name, width, false) + "  " + what + "\n";
  }
  bool first = true;
  for (const RunWriter::Shown& item : shown) {
    const bool is_table = !item.table.columns.empty();
    if (is_table || first) text += "\n";
    text += is_table ? table_text(item.table) : item.sentence + "\n";
    first = false;
  }
  return text;
}

std::string broken_summary(const std::string& summary, size_t width) {
  std::string out;
  bool in_header = true;
  for (size_t start = 0; start < summary.size();) {
    const size_t end = std::min(summary.find('\n', start), summary.size());
    const std::string line = summary.substr(start, end - start);
    start = end + 1;
    if (line.empty()) in_header = false;
    const bool is_row = !in_header && line.find(kGap) != std::string::npos;
    const bool fits = is_row || display_width(line) <= width;
    out += fits ? line + "\n" : broken_at(line, in_header ? second_column(line, width) : 0, width);
  }
  return out;
}

}  // namespace modhost::core
