#include "state_tables.h"

#include <catch2/catch.hpp>

namespace {

using namespace modhost;
using namespace modhost::core;

Snapshot snapshot(const std::string& label, int64_t epoch, double score) {
  Snapshot out;
  out.label = label;
  out.epoch = epoch;
  out.step = 10 * epoch;
  out.samples = 320 * epoch;
  out.score = score;
  return out;
}

Results results(const std::map<std::string, double>& scalars) {
  Results out;
  out.scalars = scalars;
  out.headlines = {"kept", "masked"};
  return out;
}

TEST_CASE("the table over time has a row for each state and a column for each scalar") {
  const std::vector<Results> states = {
      results({{"masked", 0.5}, {"test/accuracy", 0.25}, {"test/loss", 2}, {"train/samples", 0}}),
      results({{"kept", 0.125}, {"masked", 0.75}, {"test/accuracy", 0.5}, {"test/loss", 1}})};
  const Table table =
      over_time_table({snapshot("epoch_0000", 0, 0.2), snapshot("epoch_0004", 4, 0.625)}, states);
  CHECK(table.csv() ==
        "label,epoch,step,samples,validation_accuracy,test_accuracy,masked,test/loss,kept\n"
        "epoch_0000,0,0,0,0.2,0.25,0.5,2,\n"
        "epoch_0004,4,40,1280,0.625,0.5,0.75,1,0.125\n");
}

TEST_CASE("without an accuracy the table over time tells losses") {
  const Table table = over_time_table({snapshot("epoch_0001", 1, -0.75)},
                                      {results({{"test/loss", 0.5}, {"train/samples", 320}})});
  CHECK(table.csv() ==
        "label,epoch,step,samples,validation_loss,test_accuracy,test/loss\n"
        "epoch_0001,1,10,320,0.75,,0.5\n");
  const Table shown = over_time_short({snapshot("epoch_0001", 1, -0.75)},
                                      {results({{"test/loss", 0.5}, {"train/samples", 320}})});
  CHECK(shown.columns == std::vector<std::string>{"epoch", "test loss", "kept", "masked"});
}

TEST_CASE("the screen shows epoch, accuracy and headlines of a few states") {
  std::vector<Snapshot> snapshots;
  std::vector<Results> states;
  for (int64_t epoch = 0; epoch <= 100; ++epoch) {
    snapshots.push_back(snapshot("epoch_0000", epoch, 0.5));
    states.push_back(results({{"test/accuracy", 0.5}, {"kept", 0.25}, {"other", 1}}));
  }
  const Table table = over_time_short(snapshots, states);
  CHECK(table.columns == std::vector<std::string>{"epoch", "test accuracy", "kept", "masked"});
  CHECK(table.rows.size() <= 31);
  CHECK(table.rows.size() > 20);
  CHECK(std::get<int64_t>(table.rows.front()[0]) == 0);
  CHECK(std::get<int64_t>(table.rows.back()[0]) == 100);
  CHECK(std::holds_alternative<std::monostate>(table.rows[0][3]));
  snapshots.resize(1);
  states.resize(1);
  snapshots[0].label = "acc_0.50";
  CHECK(
      over_time_short(snapshots, states).columns ==
      std::vector<std::string>{"state", "epoch", "validation", "test accuracy", "kept", "masked"});
  CHECK(std::get<double>(over_time_short(snapshots, states).rows[0][2]) == 0.5);
}

TEST_CASE("over networks each scalar has a mean, a deviation and a confidence interval") {
  // t(0.975; 2) = 4.302653; of 1, 2 and 6: mean 3, deviation sqrt(7)
  const std::vector<Results> states = {results({{"a", 1}, {"b", 5}}), results({{"a", 2}}),
                                       results({{"a", 6}})};
  CHECK(over_networks_table(states).csv() == "network,a,b\n0,1,5\n1,2,\n2,6,\n");
  const Table table = over_networks_summary(states);
  CHECK(table.columns == std::vector<std::string>{"scalar", "n", "mean", "deviation",
                                                  "confidence_95", "least", "most",
                                                  "overall_deviation"});
  REQUIRE(table.rows.size() == 2);
  CHECK(std::get<int64_t>(table.rows[0][1]) == 3);
  CHECK(std::get<double>(table.rows[0][2]) == 3);
  CHECK(std::get<double>(table.rows[0][3]) == Approx(std::sqrt(7.0)));
  CHECK(std::get<double>(table.rows[0][4]) == Approx(4.302653 * std::sqrt(7.0 / 3)).epsilon(1e-6));
  CHECK(std::get<int64_t>(table.rows[1][1]) == 1);
  CHECK(std::holds_alternative<std::monostate>(table.rows[1][3]));
  CHECK(std::holds_alternative<std::monostate>(table.rows[1][4]));
  CHECK(std::get<double>(table.rows[0][5]) == 1);
  CHECK(std::get<double>(table.rows[0][6]) == 6);
  CHECK(std::holds_alternative<std::monostate>(table.rows[0][7]));
}

TEST_CASE("over networks the draws of all have one deviation") {
  // The draws 1, 3 and 6, 10: mean 5, squares 16 + 4 + 1 + 25 = 46, over 4.
  const std::vector<Results> states = {results({{"x/deviation", 1}, {"x/mean", 2}, {"y/mean", 2}}),
                                       results({{"x/deviation", 2}, {"x/mean", 8}, {"y/mean", 8}})};
  const Table table = over_networks_summary(states);
  REQUIRE(table.rows.size() == 3);
  CHECK(std::get<double>(table.rows[1][7]) == Approx(std::sqrt(46.0 / 4)));
  CHECK(std::holds_alternative<std::monostate>(table.rows[0][7]));
  CHECK(std::holds_alternative<std::monostate>(table.rows[2][7]));
}

TEST_CASE("the screen shows headlines over networks with their intervals") {
  const std::vector<Results> states = {
      results({{"test/accuracy", 0.5}, {"masked", 0.25}, {"other", 7}}),
      results({{"test/accuracy", 0.75}, {"masked", 0.375}, {"other", 8}})};
  const Table table = over_networks_short(states);
  CHECK(table.columns[0] == "over 2 networks");
  REQUIRE(table.rows.size() == 2);  // no network has the headline "kept"
  CHECK(std::get<std::string>(table.rows[0][0]) == "test accuracy");
  CHECK(std::get<std::string>(table.rows[1][0]) == "masked");
  // t(0.975; 1) = 12.7062: 12.7062 * 0.0883883 / sqrt(2) = 0.794
  CHECK(std::get<std::string>(table.rows[1][1]) == "0.312 \u00b1 0.794");
  CHECK(std::get<std::string>(table.rows[1][2]) == "0.250");
  const auto mean_of = [](double a, double b) {
    return std::get<std::string>(
        over_networks_short({results({{"masked", a}}), results({{"masked", b}})}).rows[0][1]);
  };
  CHECK(mean_of(0, 0) == "0.000 \u00b1 0.000");
  CHECK(mean_of(0.001, 0.001) == "0.001000 \u00b1 0.000000");
  CHECK(mean_of(250, 250) == "250.0 \u00b1 0.0");
}

TEST_CASE("results are read back as they were written") {
  Results out = results({{"a/b", 0.1}, {"c", 1.0 / 3}, {"d", 4}});
  out.status = kFinished;
  out.method = "spectral";
  out.tables = {{"nulls", "tables/nulls.csv"}};
  const Results back = parse_results(to_json(out));
  CHECK(back.status == kFinished);
  CHECK(back.scalars == out.scalars);
  CHECK(back.headlines == out.headlines);
  CHECK(back.tables == out.tables);
  CHECK(back.method == "spectral");
  for (const char* bad : {"", "[]", "{", "{\"status\": 3, \"scalars\": 4, \"headlines\": 5}"}) {
    const Results nothing = parse_results(bad);
    CHECK(nothing.status.empty());
    CHECK(nothing.scalars.empty());
    CHECK(nothing.headlines.empty());
  }
}

}  // namespace
