// Networks trained together against the same networks trained alone, in double precision.
#include <catch2/catch.hpp>
#include <set>

#include "network_runs.h"

using namespace modhost;
using namespace modhost::test;

TEST_CASE("networks trained together begin with the bits of single trainings", "[networks]") {
  TrainSetting nothing = fnn_setting();
  nothing.plan.epochs = 0;
  const RunFolder folder;
  const FinishedRun together = run(nothing, folder.path / "together", 4, 0);
  for (int64_t number = 0; number < 4; ++number) {
    const FinishedRun alone = run(nothing, folder.path / std::to_string(number), 1, number);
    CHECK(difference(together.networks[number], alone.network) == 0);
  }
}

TEST_CASE("each of the networks trained together sees the samples of its single training",
          "[networks]") {
  const TrainSetting fnn = fnn_setting();
  const auto rows = static_cast<size_t>(fnn.plan.batch_size);
  const RunFolder folder;
  const FinishedRun together = run(fnn, folder.path / "together", 3, 0);
  REQUIRE(together.asked.size() == 4 * 4);  // 29 samples are 4 batches of 6 in each of 4 epochs
  for (size_t number = 0; number < 3; ++number) {
    const FinishedRun alone =
        run(fnn, folder.path / std::to_string(number), 1, static_cast<int64_t>(number));
    REQUIRE(alone.asked.size() == together.asked.size());
    for (size_t step = 0; step < alone.asked.size(); ++step) {
      const auto first = together.asked[step].begin() + static_cast<long>(number * rows);
      CHECK(std::vector<int64_t>(first, first + static_cast<long>(rows)) == alone.asked[step]);
    }
  }
}

TEST_CASE("networks trained together equal single trainings", "[networks]") {
  SECTION("fully connected, with dropout, weight decay, clipping and changing rates") {
    TrainSetting fnn = fnn_setting();
    fnn.plan.optimizer = GENERATE("adam", "adamw", "sgd");
    fnn.plan.momentum = fnn.plan.optimizer == "sgd" ? 0.9 : 0;
    check_against_single(fnn, 3);
  }
  SECTION("convolutional, with batch norm") {
    check_against_single(setting<SmallCnn>(Input::image, {2, 5, 5}), 3);
  }
  SECTION("recurrent, with dropout") {
    check_against_single(setting<SmallRnn>(Input::sequence, {4, 3}), 2);
  }
}

TEST_CASE("networks trained together in single precision equal single trainings", "[networks]") {
  // Sums in another order: 1e-7 of values near 1, a few dozen steps; sgd, whose steps are no larger
  // than the differences of the gradients.
  TrainSetting fnn = fnn_setting();
  fnn.type = torch::kFloat;
  fnn.plan.optimizer = "sgd";
  check_against_single(fnn, 3, 2e-5);
}

TEST_CASE("each of the networks trained together stops early by itself", "[networks]") {
  TrainSetting fnn = setting<SmallFnn>(Input::features, {5});
  TrainSetting cnn = setting<SmallCnn>(Input::image, {2, 5, 5});
  for (TrainSetting* one : {&fnn, &cnn}) {
    one->plan.epochs = 30;
    one->plan.patience = 3;
    one->plan.lr = 0.05;
    one->held_out = 17;
  }
  check_against_single(fnn, 5);
  check_against_single(cnn, 5);

  const RunFolder folder;
  const FinishedRun together = run(cnn, folder.path, 5, 0);
  std::set<double> ends;
  for (int64_t number = 0; number < 5; ++number) {
    ends.insert(together.scalars.at("networks/" + std::to_string(number) + "/train/samples"));
  }
  CHECK(ends.size() > 1);  // else the case above would prove little
}

TEST_CASE("networks trained together go on to the same bits after any stop", "[networks]") {
  TrainSetting cnn = setting<SmallCnn>(Input::image, {2, 5, 5});
  cnn.plan.epochs = 12;
  cnn.plan.patience = 2;
  cnn.plan.lr = 0.05;
  cnn.held_out = 9;
  const RunFolder folder;
  const FinishedRun whole = run(cnn, folder.path / "whole", 4, 1);
  for (int64_t stop = 1; stop < 45; stop += 2) {
    const std::filesystem::path parts = folder.path / std::to_string(stop);
    TrainSetting stopped = cnn;
    stopped.stop_after = stop;
    bool interrupted = false;
    try {
      run(stopped, parts, 4, 1);
    } catch (const Error& error) {
      interrupted = error.code() == ErrorCode::interrupted;
    }
    const FinishedRun resumed = run(cnn, parts, 4, 1);
    for (size_t number = 0; number < 4; ++number) {
      CHECK(difference(resumed.networks[number], whole.networks[number]) == 0);
    }
    CHECK(read_file(parts / "metrics.jsonl") == read_file(folder.path / "whole/metrics.jsonl"));
    CHECK(read_file(parts / "tables/networks.csv") ==
          read_file(folder.path / "whole/tables/networks.csv"));
    CHECK((interrupted || stop > 16));  // no network stops before its third epoch
  }
}

TEST_CASE("networks can be trained further together from the same weights", "[networks]") {
  TrainSetting fnn = fnn_setting();
  const RunFolder folder;
  const FinishedRun together = run(fnn, folder.path / "together", 2, 0, Experiment::Begin::weights);
  const FinishedRun alone = run(fnn, folder.path / "alone", 1, 1, Experiment::Begin::weights);
  CHECK(difference(together.networks[1], alone.network) < kTolerance);
}

TEST_CASE("networks that end before their first epoch have no score in the table", "[networks]") {
  const RunFolder folder;
  TrainSetting setting = fnn_setting();
  setting.held_out = 12;
  setting.plan.steps = 2;  // of 4 in an epoch
  run(setting, folder.path / "short", 2, 0);
  CHECK(read_file(folder.path / "short/tables/networks.csv").find("\n1,12,,") != std::string::npos);
  setting.plan.steps = 4;
  run(setting, folder.path / "whole", 2, 0);
  const std::string whole = read_file(folder.path / "whole/tables/networks.csv");
  CHECK(whole.find("\n1,24,") != std::string::npos);
  CHECK(whole.find("\n1,24,,") == std::string::npos);
}
