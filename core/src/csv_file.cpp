#include "csv_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "modhost/error.h"

namespace modhost::core {
namespace {

constexpr size_t kMostDigits = 15;  // that a double, and so a spreadsheet, keeps of a whole number

struct CsvCell {
  std::string text;
  bool quoted = false;
};

class CsvText {
 public:
  CsvText(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  // False at the end.
  bool next(std::vector<CsvCell>& row) {
    row.clear();
    if (at_ == text_.size()) return false;
    row_line_ = line_;
    while (true) {
      row.push_back(text_.substr(at_, 1) == "\"" ? quoted() : plain());
      if (at_ == text_.size()) return true;
      if (text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (text_[at_] == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] == '\n') ++at_;
      ++line_;
      return true;
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::data, fmt::format("'{}', line {}: {}", name_, row_line_, what),
                "the run can write it anew: remove the file, and 'modhost resume' the run");
  }

 private:
  CsvCell plain() {
    const size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    CsvCell cell{std::string(text_.substr(at_, end - at_)), false};
    at_ = end;
    return cell;
  }

  CsvCell quoted() {
    CsvCell cell{"", true};
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        cell.text += text_[at_];
      } else if (text_.substr(at_ + 1, 1) == "\"") {
        cell.text += text_[++at_];
      } else {
        ++at_;
        const bool ends =
            at_ == text_.size() || std::string_view(",\r\n").find(text_[at_]) != std::string::npos;
        if (!ends) fail("a cell goes on behind its closing quote");
        return cell;
      }
    }
    fail("a quote is not closed");
  }

  std::string_view text_;
  const std::string& name_;
  size_t at_ = 0;
  int64_t line_ = 1, row_line_ = 1;
};

template <typename Number>
std::optional<Number> whole_text_as(const std::string& text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [last, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || last != end) return std::nullopt;
  return value;
}

Cell cell_of(CsvCell&& cell) {
  const std::string& text = cell.text;
  if (cell.quoted) return std::move(cell.text);
  if (text.empty()) return {};
  const size_t start = text[0] == '-' ? 1 : 0;
  const bool digits_first = start < text.size() && text[start] >= '0' && text[start] <= '9';
  const bool leading_zero = digits_first && text[start] == '0' && text.size() > start + 1 &&
                            text[start + 1] >= '0' && text[start + 1] <= '9';
  if (!digits_first || leading_zero) return std::move(cell.text);
  if (const auto whole = whole_text_as<int64_t>(text)) {
    if (text.size() - start > kMostDigits) return std::move(cell.text);
    return *whole;
  }
  if (const auto number = whole_text_as<double>(text)) return *number;
  return std::move(cell.text);
}

}  // namespace

Table parse_csv(std::string_view text, const std::string& name) {
  CsvText csv(text, name);
  std::vector<CsvCell> cells;
  Table table;
  if (!csv.next(cells) || (cells.size() == 1 && cells[0].text.empty())) {
    csv.fail("it has no header");
  }
  for (CsvCell& cell : cells) table.columns.push_back(std::move(cell.text));
  while (csv.next(cells)) {
    if (cells.size() != table.columns.size()) {
      csv.fail(fmt::format("{} cells, and the header has {}", cells.size(), table.columns.size()));
    }
    std::vector<Cell> row;
    row.reserve(cells.size());
    for (CsvCell& cell : cells) row.push_back(cell_of(std::move(cell)));
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace modhost::core
