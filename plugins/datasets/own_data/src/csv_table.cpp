#include "csv_table.h"

#include <modhost/error.h>
#include <modhost/shown_text.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "csv_cells.h"
#include "csv_rows.h"

namespace modhost_own_data {
namespace {

using modhost::Error;
using modhost::ErrorCode;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

class TableReader {
 public:
  TableReader(const CsvOptions& options, const CsvSurvey& survey)
      : survey_(survey), comma_(options.decimal() == "comma"), places_(survey.features.size()) {
    for (size_t i = 0; i < places_.size(); ++i) {
      const auto& names = survey.features[i].categories;
      for (size_t place = 0; place < names.size(); ++place) places_[i].emplace(names[place], place);
    }
  }

  float number(const CsvRows& rows, const CsvRow& row, size_t column) const {
    const auto value = number_in(row.cells[column], comma_);
    if (value && std::isfinite(static_cast<float>(*value))) return static_cast<float>(*value);
    throw Error(ErrorCode::data,
                rows.place(row, column) + " is '" + modhost::shown(row.cells[column]) +
                    (value ? "', which is too large for a 32-bit number"
                           : std::string("', needed a number") + (comma_ ? " with a comma" : "")));
  }

  float cell(const CsvRows& rows, const CsvRow& row, size_t feature) const {
    const CsvFeature& known = survey_.features[feature];
    const std::string_view text = trimmed(row.cells[known.column]);
    if (is_missing(text)) return kMissing;
    if (!known.is_text) return number(rows, row, known.column);
    const auto found = places_[feature].find(std::string(text));
    if (found != places_[feature].end()) return static_cast<float>(found->second);
    throw Error(ErrorCode::data, rows.place(row, known.column) + " changed while it was read");
  }

 private:
  const CsvSurvey& survey_;
  bool comma_;
  std::vector<std::unordered_map<std::string, size_t>> places_;  // [features], of texts
};

void finish(CsvTable& table, const ScalingCounter& counter, const CsvOptions& options,
            const CsvSurvey& survey) {
  table.scaling = counter.scaling(normalize_named(options.normalize()));
  for (size_t i = 0; i < survey.features.size(); ++i) {
    const bool mean = options.missing() == "mean";
    table.stand_in.push_back(mean ? static_cast<float>(counter.mean(i)) : 0);
  }
}

}  // namespace

CsvTable read_csv_table(const std::filesystem::path& file, const CsvOptions& options,
                        const CsvSurvey& survey, const Annotations& notes) {
  CsvTable out;
  CsvRows rows(file, options);
  const TableReader reader(options, survey);
  const bool values = options.target() == "values";
  ScalingCounter counter(static_cast<int64_t>(survey.features.size()));
  out.cells.reserve(static_cast<size_t>(notes.size) * survey.features.size());
  size_t at = 0;
  for (CsvRow row; rows.next(row); ++at) {
    if (at == notes.part.size()) break;
    for (size_t i = 0; i < survey.features.size(); ++i) {
      const float value = reader.cell(rows, row, i);
      out.cells.push_back(value);
      const bool counts = notes.part[at] == Part::train && !survey.features[i].is_text;
      if (counts && !std::isnan(value)) counter.add(i, value);
    }
    if (!values) continue;
    for (const size_t column : survey.plan.labels) {
      out.targets.push_back(reader.number(rows, row, column));
    }
  }
  modhost::check(at == notes.part.size() && rows.plan().names == survey.plan.names, ErrorCode::data,
                 "'" + file.string() + "' changed while it was read");
  finish(out, counter, options, survey);
  return out;
}

void csv_inputs(const CsvSurvey& survey, const CsvTable& table, const float* cells, float* out) {
  std::fill(out, out + survey.inputs, 0.F);
  for (size_t i = 0; i < survey.features.size(); ++i) {
    const CsvFeature& feature = survey.features[i];
    if (!feature.is_text) {
      const float value = std::isnan(cells[i]) ? table.stand_in[i] : cells[i];
      out[feature.first] = (value - table.scaling.zero[i]) / table.scaling.unit[i];
    } else if (!std::isnan(cells[i])) {
      out[feature.first + static_cast<size_t>(cells[i])] = 1;
    }
  }
}

}  // namespace modhost_own_data
