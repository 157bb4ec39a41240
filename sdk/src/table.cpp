#include "modhost/table.h"

#include <utility>

#include "modhost/error.h"
#include "number_text.h"

namespace modhost {
inline namespace v1 {
namespace {

std::string quoted_if_needed(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string csv_text(const Cell& cell) {
  if (const auto* whole = std::get_if<int64_t>(&cell)) return std::to_string(*whole);
  if (const auto* text = std::get_if<std::string>(&cell)) return quoted_if_needed(*text);
  if (const auto* number = std::get_if<double>(&cell)) return detail::shortest_text(*number);
  return "";
}

}  // namespace

void Table::add(std::vector<Cell> row) {
  check(row.size() == columns.size(), ErrorCode::internal,
        "a row of " + std::to_string(row.size()) + " cells in a table of " +
            std::to_string(columns.size()) + " columns");
  rows.push_back(std::move(row));
}

std::string Table::csv() const {
  std::vector<std::string> head;
  for (const std::string& column : columns) head.push_back(quoted_if_needed(column));
  std::string out = join(head, ",") + "\n";
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    for (const Cell& cell : row) cells.push_back(csv_text(cell));
    out += join(cells, ",") + "\n";
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
