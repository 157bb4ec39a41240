#include "state_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "contains.h"
#include "modhost/statistics.h"

namespace modhost::core {
namespace {

constexpr const char* kSamples = "train/samples";
constexpr const char* kByEpoch = "epoch_";
constexpr const char* kByAccuracy = "acc_";
constexpr size_t kMostRowsShown = 30;

using Names = std::vector<std::string>;

std::optional<double> value_of(const Results& results, const std::string& name) {
  const auto found = results.scalars.find(name);
  return found == results.scalars.end() ? std::nullopt : std::optional(found->second);
}

Cell cell_of(std::optional<double> value) {
  if (!value) return {};
  return *value;
}

// The deviation or the interval of a single value is not known.
Cell spread_of(double (*measure)(const std::vector<double>&), const std::vector<double>& values) {
  if (values.size() < 2) return {};
  return measure(values);
}

bool any_has(const std::vector<Results>& states, const std::string& name) {
  return std::any_of(states.begin(), states.end(),
                     [&](const Results& one) { return one.scalars.count(name) != 0; });
}

// The number that says how good a network is.
std::string measure(const std::vector<Results>& states) {
  return any_has(states, kAccuracy) || !any_has(states, kLoss) ? kAccuracy : kLoss;
}

std::vector<double> values_of(const std::vector<Results>& states, const std::string& name) {
  std::vector<double> out;
  for (const Results& one : states) {
    if (const auto value = value_of(one, name)) out.push_back(*value);
  }
  return out;
}

// Of the draws of all states together, where `name` is the mean of equally many draws in each:
// sqrt(mean(deviation^2 + mean^2) - mean(mean)^2), as Filan et al. 2021 count over retrainings.
Cell overall_deviation(const std::vector<Results>& states, const std::string& name) {
  const std::string ending = "/mean";
  if (name.size() <= ending.size() || name.substr(name.size() - ending.size()) != ending) return {};
  const std::string stem = name.substr(0, name.size() - ending.size());
  const std::vector<double> means = values_of(states, name);
  const std::vector<double> deviations = values_of(states, stem + "/deviation");
  if (deviations.size() != means.size()) return {};
  const double centre = mean(means);
  double sum = 0;  // of squares about the centre, so that no digits cancel
  for (size_t i = 0; i < means.size(); ++i) {
    sum += deviations[i] * deviations[i] + (means[i] - centre) * (means[i] - centre);
  }
  return std::sqrt(sum / static_cast<double>(means.size()));
}

void append(std::vector<Cell>& row, const std::vector<Cell>& more) {
  row.insert(row.end(), more.begin(), more.end());
}

bool begins(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

// "epoch_0004" tells no more than its epoch.
bool labels_matter(const std::vector<Snapshot>& snapshots) {
  return std::any_of(snapshots.begin(), snapshots.end(),
                     [](const Snapshot& one) { return !begins(one.label, kByEpoch); });
}

int interval_decimals(double mid) {
  const bool is_small = mid != 0 && std::abs(mid) < 0.01;
  return std::abs(mid) >= 100 ? 1 : is_small ? 6 : 3;
}

std::string with_interval(const std::vector<double>& values) {
  const double mid = mean(values), half = confidence_95(values);
  const int decimals = interval_decimals(mid);
  return values.size() < 2 ? fmt::format("{:.{}f}", mid, decimals)
                           : fmt::format("{:.{}f} \u00b1 {:.{}f}", mid, decimals, half, decimals);
}

}  // namespace

ScalarColumns scalar_columns(const std::vector<Results>& states, const Names& left_out) {
  ScalarColumns out;
  for (const Results& one : states) {
    for (const auto& [name, value] : one.scalars) {
      if (!contains(left_out, name) && !contains(out.names, name)) out.names.push_back(name);
    }
  }
  for (const Results& one : states) {
    std::vector<Cell> row;
    for (const std::string& name : out.names) row.push_back(cell_of(value_of(one, name)));
    out.rows.push_back(std::move(row));
  }
  return out;
}

Names headlines_of(const std::vector<Results>& states) {
  Names out;
  for (const Results& one : states) {
    for (const std::string& name : one.headlines) {
      if (!contains(out, name)) out.push_back(name);
    }
  }
  return out;
}

Table over_time_table(const std::vector<Snapshot>& snapshots, const std::vector<Results>& states) {
  const bool has_accuracy = measure(states) == kAccuracy;
  const ScalarColumns scalars = scalar_columns(states, {kAccuracy, kSamples});
  Table table{{"label", "epoch", "step", "samples",
               has_accuracy ? "validation_accuracy" : "validation_loss", "test_accuracy"},
              {}};
  table.columns.insert(table.columns.end(), scalars.names.begin(), scalars.names.end());
  for (size_t i = 0; i < snapshots.size(); ++i) {
    const Snapshot& one = snapshots[i];
    const auto score = one.score && !has_accuracy ? -*one.score : one.score;
    std::vector<Cell> row = {one.label,   one.epoch,      one.step,
                             one.samples, cell_of(score), cell_of(value_of(states[i], kAccuracy))};
    append(row, scalars.rows[i]);
    table.add(std::move(row));
  }
  return table;
}

Table over_time_short(const std::vector<Snapshot>& snapshots, const std::vector<Results>& states) {
  const std::string how_good = measure(states);
  const Names headlines = headlines_of(states);
  const bool labelled = labels_matter(snapshots);
  const bool by_accuracy = !snapshots.empty() && begins(snapshots[0].label, kByAccuracy);
  Table table;
  if (labelled) table.columns.push_back("state");
  table.columns.push_back("epoch");
  if (by_accuracy) table.columns.push_back("validation");
  table.columns.push_back(how_good == kAccuracy ? "test accuracy" : "test loss");
  table.columns.insert(table.columns.end(), headlines.begin(), headlines.end());
  const size_t every = (snapshots.size() + kMostRowsShown - 1) / kMostRowsShown;
  for (size_t i = 0; i < snapshots.size(); ++i) {
    const bool is_shown = i % every == 0 || i + 1 == snapshots.size();
    if (!is_shown) continue;
    std::vector<Cell> row;
    if (labelled) row.push_back(snapshots[i].label);
    row.push_back(snapshots[i].epoch);
    if (by_accuracy) row.push_back(cell_of(snapshots[i].score));
    row.push_back(cell_of(value_of(states[i], how_good)));
    for (const std::string& name : headlines) row.push_back(cell_of(value_of(states[i], name)));
    table.add(std::move(row));
  }
  return table;
}

Table over_networks_table(const std::vector<Results>& states) {
  const ScalarColumns scalars = scalar_columns(states, {});
  Table table{{"network"}, {}};
  table.columns.insert(table.columns.end(), scalars.names.begin(), scalars.names.end());
  for (size_t i = 0; i < states.size(); ++i) {
    std::vector<Cell> row = {static_cast<int64_t>(i)};
    append(row, scalars.rows[i]);
    table.add(std::move(row));
  }
  return table;
}

Table over_networks_summary(const std::vector<Results>& states) {
  Table table{
      {"scalar", "n", "mean", "deviation", "confidence_95", "least", "most", "overall_deviation"},
      {}};
  for (const std::string& name : scalar_columns(states, {}).names) {
    const std::vector<double> values = values_of(states, name);
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    table.add({name, static_cast<int64_t>(values.size()), mean(values),
               spread_of(deviation, values), spread_of(confidence_95, values), *least, *most,
               overall_deviation(states, name)});
  }
  return table;
}

Table over_networks_short(const std::vector<Results>& states) {
  const std::string how_good = measure(states);
  Table table{{fmt::format("over {} networks", states.size()), "mean", "least", "most"}, {}};
  Names names = headlines_of(states);
  names.insert(names.begin(), how_good);
  for (const std::string& name : names) {
    const std::vector<double> values = values_of(states, name);
    if (values.empty()) continue;
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const int decimals = interval_decimals(mean(values));
    table.add({name == how_good ? (name == kAccuracy ? "test accuracy" : "test loss") : name,
               with_interval(values), fmt::format("{:.{}f}", *least, decimals),
               fmt::format("{:.{}f}", *most, decimals)});
  }
  return table;
}

}  // namespace modhost::core
