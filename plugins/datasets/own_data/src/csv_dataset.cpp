// A table as a dataset.
#include "csv_dataset.h"

#include <modhost/shown_text.h>

#include "csv_table.h"

namespace modhost_own_data {
namespace {

// Rows are kept as their cells; texts become inputs of their own when they are loaded.
class CsvSource : public Source {
 public:
  CsvSource(std::shared_ptr<const CsvSurvey> survey, CsvTable table,
            std::shared_ptr<const Annotations> notes)
      : survey_(std::move(survey)), table_(std::move(table)), notes_(std::move(notes)) {}

  int64_t size() const override { return notes_->size; }
  std::vector<std::string> groups() const override { return notes_->classes; }
  int64_t group(int64_t index) const override {
    return notes_->label.empty() ? 0 : notes_->label[static_cast<size_t>(index)];
  }
  Batch load(const std::vector<int64_t>& indices) const override {
    const auto rows = static_cast<int64_t>(indices.size());
    const size_t features = survey_->features.size(), values = survey_->plan.labels.size();
    Batch out{torch::empty({rows, survey_->inputs})};
    float* input = out.input.data_ptr<float>();
    for (const int64_t index : indices) {
      csv_inputs(*survey_, table_, &table_.cells.at(static_cast<size_t>(index) * features), input);
      input += survey_->inputs;
    }
    if (table_.targets.empty()) {
      out.target = torch::empty({rows}, torch::kLong);
      auto* target = out.target.data_ptr<int64_t>();
      for (const int64_t index : indices) *target++ = group(index);
    } else {
      out.target = torch::empty({rows, static_cast<int64_t>(values)});
      auto* target = out.target.data_ptr<float>();
      for (const int64_t index : indices) {
        target =
            std::copy_n(&table_.targets.at(static_cast<size_t>(index) * values), values, target);
      }
    }
    return out;
  }

 private:
  std::shared_ptr<const CsvSurvey> survey_;
  CsvTable table_;
  std::shared_ptr<const Annotations> notes_;
};

}  // namespace

const CsvSurvey& Csv::survey() const {
  if (survey_ == nullptr) {
    check(!options().file().empty(), ErrorCode::config, "dataset 'csv' needs a file",
          "give --dataset.file FILE.csv");
    survey_ = std::make_shared<const CsvSurvey>(survey_csv(file(), options()));
  }
  return *survey_;
}

Signature Csv::signature() const {
  if (options().target() == "values") {
    const auto values = static_cast<int64_t>(survey().plan.labels.size());
    return {Input::features, {survey().inputs}, Output::values, {values}};
  }
  const auto classes = static_cast<int64_t>(notes().classes.size());
  return {Input::features, {survey().inputs}, Output::classes, {classes}};
}

std::string Csv::describe() const {
  std::vector<std::string> labels;
  for (const size_t column : survey().plan.labels) {
    labels.push_back("'" + shown(survey().plan.names[column]) + "'");
  }
  return counts() + ") from " + file().string() + ", " + join(labels) + " from " +
         count_text(static_cast<int64_t>(survey().features.size())) + " columns";
}

std::shared_ptr<const Source> Csv::read_samples() const {
  const CsvSurvey& found = survey();
  return std::make_shared<CsvSource>(survey_, read_csv_table(file(), options(), found, notes()),
                                     shared_notes());
}

}  // namespace modhost_own_data
