// What each column of a table is for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "csv_options.h"

namespace modhost_own_data {

struct CsvPlan {
  std::vector<std::string> names;  // of all columns
  std::vector<size_t> features;    // places of the columns, in the order of the file
  std::vector<bool> categorical;   // [features]: asked for by the user
  std::vector<size_t> labels;      // one for classes
  std::optional<size_t> task, split;
  std::vector<size_t> used;  // all of the above, in the order of the file
};

// Error(config) for a column that is not there, with the nearest, or that is to serve twice.
CsvPlan plan_columns(const std::vector<std::string>& names, const CsvOptions& options,
                     const std::string& file);

}  // namespace modhost_own_data
