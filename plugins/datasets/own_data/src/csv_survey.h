// The first reading of a table: what its columns hold, and class, task and split of each row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "annotations.h"
#include "csv_options.h"
#include "csv_plan.h"

namespace modhost_own_data {

// A column of inputs.
struct CsvFeature {
  size_t column = 0;                    // in the file
  bool is_text = false;                 // an input for each category, else one number
  std::vector<std::string> categories;  // sorted
  size_t first = 0;                     // place of its first input in a sample

  size_t inputs() const { return is_text ? categories.size() : 1; }
};

struct CsvSurvey {
  CsvPlan plan;
  std::vector<CsvFeature> features;
  int64_t inputs = 0;  // of a sample
  Annotations notes;
};

// Reads the whole file and keeps no cells. Error(data) with file, line and column.
CsvSurvey survey_csv(const std::filesystem::path& file, const CsvOptions& options);

}  // namespace modhost_own_data
