#include "network_report.h"

#include <algorithm>
#include <cstdio>

#include "modhost/statistics.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr size_t kMostRowsShown = 20;

std::string three_digits(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.3f", value);
  return buffer;
}

Table table_of(const TrainedNetworks& networks) {
  Table table{{"network", "samples", "validation", "accuracy", "loss"}, {}};
  for (size_t i = 0; i < networks.tests.size(); ++i) {
    const TrainSummary& course = networks.courses[i];
    const Cell none;
    table.add({static_cast<int64_t>(i), course.samples,
               networks.validated ? Cell(course.best_score) : none,
               networks.has_accuracy ? Cell(networks.tests[i].accuracy) : none,
               networks.tests[i].loss});
  }
  return table;
}

// "accuracy 0.912 to 0.958, mean 0.941, deviation 0.012"
std::string range_text(const std::string& name, const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return name + " " + three_digits(*least) + " to " + three_digits(*most) + ", mean " +
         three_digits(mean(values)) + ", deviation " + three_digits(deviation(values));
}

}  // namespace

void write_test(RunWriter& writer, const std::string& path, const Evaluation& test, int64_t samples,
                bool has_accuracy) {
  writer.scalar(path + "train/samples", static_cast<double>(samples));
  writer.scalar(path + "test/loss", test.loss);
  if (has_accuracy) writer.scalar(path + "test/accuracy", test.accuracy);
  for (const auto& [group, accuracy] : test.group_accuracy) {
    writer.scalar(path + "test/accuracy/" + group, accuracy);
  }
}

void write_networks(RunWriter& writer, const TrainedNetworks& networks) {
  std::vector<double> losses, accuracies;
  for (size_t i = 0; i < networks.tests.size(); ++i) {
    const Evaluation& test = networks.tests[i];
    const int64_t samples = networks.courses[i].samples;
    write_test(writer, "networks/" + std::to_string(i) + "/", test, samples, networks.has_accuracy);
    if (static_cast<int64_t>(i) == networks.chosen) {
      write_test(writer, "", test, samples, networks.has_accuracy);
    }
    losses.push_back(test.loss);
    accuracies.push_back(test.accuracy);
  }
  const std::string measure = networks.has_accuracy ? "accuracy" : "loss";
  const std::vector<double>& values = networks.has_accuracy ? accuracies : losses;
  writer.scalar("networks/test/" + measure + "/mean", mean(values));
  writer.scalar("networks/test/" + measure + "/deviation", deviation(values));
  const Table table = table_of(networks);
  writer.table("networks", table);
  if (table.rows.size() <= kMostRowsShown) writer.show(table);
  const std::string what_follows =
      networks.every ? ""
                     : " What follows is about network " + std::to_string(networks.chosen) + " (" +
                           three_digits(values[static_cast<size_t>(networks.chosen)]) + ").";
  writer.say(std::to_string(table.rows.size()) + " networks trained together, " +
             range_text(measure, values) + "." + what_follows);
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
