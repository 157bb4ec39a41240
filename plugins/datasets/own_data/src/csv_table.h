// The second reading of a table: its numbers.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "csv_survey.h"
#include "scaling.h"

namespace modhost_own_data {

struct CsvTable {
  std::vector<float> cells;  // [rows, features]: a number or the place of a category; NaN: missing
  std::vector<float> targets;   // [rows, values]; empty for classes
  Scaling scaling;              // [features]; 0 and 1 for texts
  std::vector<float> stand_in;  // [features]: for a missing number
};

// notes: those of the survey, divided into splits. Error(data) with file, line and column, also
// when the file is no longer the one of the survey.
CsvTable read_csv_table(const std::filesystem::path& file, const CsvOptions& options,
                        const CsvSurvey& survey, const Annotations& notes);

// The inputs of a row [inputs], scaled, from its cells [features].
void csv_inputs(const CsvSurvey& survey, const CsvTable& table, const float* cells, float* out);

}  // namespace modhost_own_data
