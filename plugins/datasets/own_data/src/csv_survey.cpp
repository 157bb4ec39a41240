#include "csv_survey.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/shown_text.h>

#include <utility>

#include "csv_cells.h"
#include "csv_rows.h"
#include "name_list.h"

namespace modhost_own_data {
namespace {

using modhost::Error;
using modhost::ErrorCode;

constexpr size_t kManyClasses = 100;

// What was seen in a column of inputs.
class ColumnSurvey {
 public:
  ColumnSurvey(bool categorical, const CsvOptions& options)
      : is_text_(categorical),
        most_(static_cast<size_t>(options.categories())),
        comma_(options.decimal() == "comma") {}

  void add(const CsvRows& rows, const CsvRow& row, size_t column) {
    const std::string_view cell = trimmed(row.cells[column]);
    if (is_missing(cell)) return;
    if (!is_text_ && !number_in(cell, comma_)) {
      is_text_ = true;
      first_text_ = rows.place(row, column) + " has '" + modhost::shown(cell) + "'";
    }
    if (seen_.names().size() <= most_) seen_.code(std::string(cell));
  }

  CsvFeature feature(const std::string& name, size_t column) const {
    CsvFeature out;
    out.column = column;
    out.is_text = is_text_;
    if (!is_text_) return out;
    if (seen_.names().size() > most_) {
      const std::string many =
          "more than " + modhost::count_text(static_cast<int64_t>(most_)) + " different texts";
      throw Error(
          ErrorCode::data,
          first_text_.empty()
              ? "option 'dataset.categorical' names the column '" + name + "', which has " + many
              : first_text_ + ", which is no number, and the column has " + many,
          "leave it out by --dataset.ignore, or raise dataset.categories");
    }
    std::vector<int32_t> none;
    out.categories = seen_.sort(none);
    return out;
  }

 private:
  bool is_text_;
  size_t most_;
  bool comma_;
  NameList seen_;
  std::string first_text_;
};

// Class, task and split of each row.
class NotesSurvey {
 public:
  explicit NotesSurvey(bool classes) : classes_(classes) {}

  void add(const CsvRows& rows, const CsvRow& row) {
    const CsvPlan& plan = rows.plan();
    const auto text = [&](size_t column) { return std::string(trimmed(row.cells[column])); };
    ++notes_.size;
    if (classes_) notes_.label.push_back(labels_.code(text(plan.labels.front())));
    if (plan.task) notes_.task.push_back(tasks_.code(text(*plan.task)));
    if (!plan.split) return;
    const auto part = part_named(text(*plan.split));
    if (!part) {
      throw Error(ErrorCode::data, rows.place(row, *plan.split) + " is '" +
                                       modhost::shown(text(*plan.split)) +
                                       "', needed train, validation, test or 0, 1, 2");
    }
    notes_.part.push_back(*part);
  }

  Annotations notes() && {
    notes_.tasks = tasks_.sort(notes_.task);
    if (classes_) notes_.classes = labels_.sort(notes_.label);
    return std::move(notes_);
  }

 private:
  bool classes_;
  Annotations notes_;
  NameList labels_, tasks_;
};

void check_notes(const Annotations& notes, const CsvPlan& plan, const std::string& file) {
  modhost::check(notes.size > 0, ErrorCode::data, "'" + file + "' has no rows to learn from");
  const size_t classes = notes.classes.size();
  if (classes <= kManyClasses || 2 * classes <= static_cast<size_t>(notes.size)) return;
  throw Error(
      ErrorCode::data,
      "'" + file + "': column '" + modhost::shown(plan.names[plan.labels.front()]) + "' has " +
          modhost::count_text(static_cast<int64_t>(classes)) + " different classes in " +
          modhost::count_text(notes.size) + " rows",
      "another column is chosen by --dataset.label, real values by --dataset.target values");
}

}  // namespace

CsvSurvey survey_csv(const std::filesystem::path& file, const CsvOptions& options) {
  CsvRows rows(file, options);
  CsvSurvey out;
  out.plan = rows.plan();
  std::vector<ColumnSurvey> columns;
  for (const bool categorical : out.plan.categorical) columns.emplace_back(categorical, options);
  NotesSurvey notes(options.target() == "classes");
  for (CsvRow row; rows.next(row);) {
    for (size_t i = 0; i < columns.size(); ++i) columns[i].add(rows, row, out.plan.features[i]);
    notes.add(rows, row);
  }
  out.notes = std::move(notes).notes();
  check_notes(out.notes, out.plan, file.string());
  for (size_t i = 0; i < columns.size(); ++i) {
    const size_t column = out.plan.features[i];
    out.features.push_back(columns[i].feature(out.plan.names[column], column));
    out.features.back().first = static_cast<size_t>(out.inputs);
    out.inputs += static_cast<int64_t>(out.features.back().inputs());
  }
  return out;
}

}  // namespace modhost_own_data
