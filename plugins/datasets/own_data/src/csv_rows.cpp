#include "csv_rows.h"

#include <modhost/error.h>
#include <modhost/shown_text.h>

#include <utility>

#include "csv_cells.h"

namespace modhost_own_data {
namespace {

using modhost::Error;
using modhost::ErrorCode;

char separator_named(const std::string& name) {
  return name == "comma"       ? ','
         : name == "semicolon" ? ';'
         : name == "tab"       ? '\t'
         : name == "pipe"      ? '|'
                               : '\0';
}

}  // namespace

CsvRows::CsvRows(const std::filesystem::path& file, const CsvOptions& options)
    : reader_(file, separator_named(options.separator())), missing_(options.missing()) {
  if (!reader_.next(first_)) {
    throw Error(ErrorCode::data, "'" + file.string() + "' is empty, needed rows of a table");
  }
  std::vector<std::string> names;
  for (size_t at = 0; at < first_.cells.size(); ++at) {
    names.push_back(options.header() ? std::string(trimmed(first_.cells[at]))
                                     : std::to_string(at + 1));
  }
  has_first_ = !options.header();
  plan_ = plan_columns(names, options, file.string());
  is_feature_.resize(names.size());
  for (const size_t column : plan_.features) is_feature_[column] = true;
}

std::string CsvRows::place(const CsvRow& row, size_t column) const {
  return reader_.place(row.line) + ": column '" + modhost::shown(plan_.names[column]) + "'";
}

void CsvRows::check_count(const CsvRow& row) const {
  if (row.cells.size() == plan_.names.size()) return;
  const char separator = reader_.separator();
  throw Error(ErrorCode::data,
              reader_.place(row.line) + ": " + std::to_string(row.cells.size()) +
                  " cells, the first row has " + std::to_string(plan_.names.size()) +
                  (separator == '\t' ? " (separated by tabs)"
                                     : std::string(" (separated by '") + separator + "')"));
}

bool CsvRows::has_missing(const CsvRow& row) const {
  for (const size_t column : plan_.used) {
    if (!is_missing(row.cells[column])) continue;
    if (missing_ == "drop") return true;
    if (is_feature_[column] && missing_ != "error") continue;
    throw Error(ErrorCode::data,
                place(row, column) + " is missing ('" + modhost::shown(row.cells[column]) + "')",
                is_feature_[column] ? "give --dataset.missing mean, zero or drop"
                                    : "give --dataset.missing drop to leave out such rows");
  }
  return false;
}

bool CsvRows::next(CsvRow& row) {
  while (has_first_ || reader_.next(row)) {
    if (std::exchange(has_first_, false)) row = first_;
    check_count(row);
    if (!has_missing(row)) return true;
  }
  return false;
}

}  // namespace modhost_own_data
