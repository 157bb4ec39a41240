// The rows of a table that count, with their cells checked.
#pragma once

#include <filesystem>
#include <string>

#include "csv_plan.h"
#include "csv_reader.h"

namespace modhost_own_data {

class CsvRows {
 public:
  // Reads the header. Error(data) when there is none.
  CsvRows(const std::filesystem::path& file, const CsvOptions& options);

  const CsvPlan& plan() const { return plan_; }
  // False at the end. Rows with missing cells are left out if that is asked for; where nothing can
  // stand in for a missing cell it is an Error(data), as is another number of cells.
  bool next(CsvRow& row);
  // "data.csv:12: column 'width'"
  std::string place(const CsvRow& row, size_t column) const;

 private:
  void check_count(const CsvRow& row) const;
  bool has_missing(const CsvRow& row) const;

  CsvReader reader_;
  std::string missing_;
  CsvPlan plan_;
  CsvRow first_;  // the first row, when it is no header
  bool has_first_ = false;
  std::vector<bool> is_feature_;  // [columns]
};

}  // namespace modhost_own_data
