#include "csv_plan.h"

#include <modhost/error.h>
#include <modhost/shown_text.h>

#include <algorithm>
#include <charconv>

#include "shown_list.h"

namespace modhost_own_data {
namespace {

using modhost::check;
using modhost::Error;
using modhost::ErrorCode;

// Finds columns and remembers what they are for.
class Columns {
 public:
  Columns(const Names& names, const std::string& file)
      : names_(names), file_(file), use_(names.size()) {}

  size_t place(const std::string& option, const std::string& text) const {
    const auto found = std::find(names_.begin(), names_.end(), text);
    if (found != names_.end()) return static_cast<size_t>(found - names_.begin());
    size_t number = 0;
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    const bool is_number = !text.empty() && result.ec == std::errc() && result.ptr == end;
    if (is_number && number >= 1 && number <= names_.size()) return number - 1;
    throw Error(ErrorCode::config,
                "option 'dataset." + option + "' names the column '" + text + "', but '" + file_ +
                    "' has the columns " + shown_list(names_),
                modhost::did_you_mean(text, names_));
  }

  size_t take(const std::string& option, const std::string& text) {
    const size_t at = place(option, text);
    check(use_[at].empty(), ErrorCode::config,
          "column '" + modhost::shown(names_[at]) + "' is named by both 'dataset." + use_[at] +
              "' and 'dataset." + option + "'");
    use_[at] = option;
    return at;
  }

  bool is_free(size_t at) const { return use_[at].empty(); }

 private:
  const Names& names_;
  const std::string& file_;
  std::vector<std::string> use_;  // the option that took each column
};

void check_names(const Names& names, const std::string& file) {
  Names sorted = names;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice == sorted.end() || twice->empty()) return;
  throw Error(ErrorCode::data,
              "'" + file + "' has two columns '" + modhost::shown(*twice) + "' in its first row",
              "if that row is no header, give --dataset.header false");
}

std::string usual_label(const Names& names, const Columns& columns) {
  const auto named = std::find(names.begin(), names.end(), "label");
  const bool is_there = named != names.end();
  if (is_there && columns.is_free(static_cast<size_t>(named - names.begin()))) return "label";
  for (size_t at = names.size(); at-- > 0;) {
    if (columns.is_free(at)) return std::to_string(at + 1);
  }
  return "label";
}

}  // namespace

CsvPlan plan_columns(const std::vector<std::string>& names, const CsvOptions& options,
                     const std::string& file) {
  check_names(names, file);
  CsvPlan plan;
  plan.names = names;
  Columns columns(names, file);
  for (const std::string& name : options.ignore()) columns.take("ignore", name);
  if (!options.task().empty()) plan.task = columns.take("task", options.task());
  if (!options.split().empty()) plan.split = columns.take("split", options.split());
  Names labels = options.label();
  if (labels.empty()) labels.push_back(usual_label(names, columns));
  check(labels.size() == 1 || options.target() == "values", ErrorCode::config,
        "option 'dataset.label' names " + std::to_string(labels.size()) +
            " columns, classes come from one",
        "for real values give --dataset.target values");
  for (const std::string& name : labels) plan.labels.push_back(columns.take("label", name));
  std::vector<bool> asked(names.size());
  for (const std::string& name : options.categorical()) {
    const size_t at = columns.place("categorical", name);
    check(columns.is_free(at), ErrorCode::config,
          "option 'dataset.categorical' names the column '" + name + "', which is no input");
    asked[at] = true;
  }
  for (size_t at = 0; at < names.size(); ++at) {
    const bool row_numbers = at == 0 && names[at].empty();  // as pandas and R write them
    if (!columns.is_free(at) || (row_numbers && !asked[at])) continue;
    plan.features.push_back(at);
    plan.categorical.push_back(asked[at]);
  }
  check(!plan.features.empty(), ErrorCode::data,
        "'" + file + "' has no column left for the inputs, its columns are " + shown_list(names));
  plan.used = plan.features;
  plan.used.insert(plan.used.end(), plan.labels.begin(), plan.labels.end());
  if (plan.task) plan.used.push_back(*plan.task);
  if (plan.split) plan.used.push_back(*plan.split);
  std::sort(plan.used.begin(), plan.used.end());
  return plan;
}

}  // namespace modhost_own_data
