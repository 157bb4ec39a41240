// Short trainings without traces, and the rate that falls after each epoch.
#include <modhost/error.h>
#include <torch/optim/schedulers/step_lr.h>
#include <torch/optim/sgd.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "checkpoint.h"
#include "network_runs.h"

using namespace modhost;
using namespace modhost::test;
namespace fs = std::filesystem;

namespace {

struct Ones : Source {
  int64_t rows;
  explicit Ones(int64_t size) : rows(size) {}
  int64_t size() const override { return rows; }
  Batch load(const std::vector<int64_t>& indices) const override {
    return {torch::tensor(indices).to(torch::kDouble).unsqueeze(1)};
  }
};

// Counts what a person would see.
struct Screen : Progress {
  int lines = 0;
  void begin(const std::string&, int64_t, const std::string&, int64_t) override { ++lines; }
  void update(int64_t, const Numbers&) override { ++lines; }
  void end(const std::string&) override { ++lines; }
};

// Adds the samples up: a mean that each step moves.
struct Summing {
  Tensor weight = torch::zeros({1}, torch::kDouble).set_requires_grad(true);
  Screen screen;
  StopSignal stop;
  int64_t stop_after = -1, steps = 0;
  bool brief = true;
  std::vector<double> scores;  // of validation, in turn
  std::vector<double> seen;    // the weight before each step

  TrainSummary run(const fs::path& folder, const TrainPlan& plan) {
    fs::create_directories(folder);
    RunWriter writer(folder);
    TrainTask task;
    task.name = "short/0";
    task.trained = {{"weight", weight}};
    task.data = {std::make_shared<Ones>(13)};
    task.seeds = {6};
    task.brief = brief;
    task.step = [&](const Batch& batch, int64_t step) {
      ++steps;
      seen.push_back(weight.item<double>());
      if (step + 1 == stop_after) stop.request();
      return StepResult{(weight * batch.input + weight.square()).mean(), {}};
    };
    if (!scores.empty()) {
      task.validate = [this, next = size_t{0}]() mutable {
        return std::vector<double>{scores.at(next++)};
      };
    }
    return Trainer(folder, &writer, &screen, &stop, 1e9).fit(task, plan).front();
  }
};

TrainPlan short_plan() {
  TrainPlan plan;
  plan.epochs = 4;
  plan.batch_size = 4;  // 3 steps an epoch
  plan.lr = 0.01;
  return plan;
}

const char* const kCheckpoint = "checkpoints/short/0.safetensors";

}  // namespace

TEST_CASE("a brief training leaves the same weights and nothing else", "[train]") {
  TrainPlan plan = short_plan();
  const bool patient = GENERATE(false, true);
  plan.patience = patient ? 2 : 0;
  const RunFolder folder;
  Summing brief, usual;
  usual.brief = false;
  brief.scores = usual.scores = {0.2, 0.5, 0.4, 0.3};
  const TrainSummary found = brief.run(folder.path / "brief", plan);
  const TrainSummary expected = usual.run(folder.path / "usual", plan);
  CHECK(torch::equal(brief.weight, usual.weight));
  CHECK(brief.weight.item<double>() != 0);
  CHECK(found.steps == 12);
  CHECK(found.epochs == expected.epochs);
  CHECK(found.samples == expected.samples);
  CHECK(found.best_score == expected.best_score);
  CHECK(brief.screen.lines == 0);
  CHECK(usual.screen.lines > 12);
  const auto written = [](const fs::path& file) {
    return fs::exists(file) && fs::file_size(file) > 0;
  };
  CHECK_FALSE(written(folder.path / "brief/metrics.jsonl"));
  CHECK(written(folder.path / "usual/metrics.jsonl"));
  CHECK_FALSE(fs::exists(folder.path / "brief" / kCheckpoint));
  CHECK(fs::exists(folder.path / "usual" / kCheckpoint));
}

TEST_CASE("a brief training that was stopped goes on to the same bits", "[train]") {
  const TrainPlan plan = short_plan();
  const RunFolder folder;
  Summing whole;
  whole.run(folder.path / "whole", plan);
  for (int64_t stop = 1; stop < 12; ++stop) {
    const fs::path parts = folder.path / std::to_string(stop);
    Summing first, second;
    first.stop_after = stop;
    CHECK_THROWS_AS(first.run(parts, plan), Error);
    CHECK(fs::exists(parts / kCheckpoint));
    second.run(parts, plan);
    CHECK(second.steps == 12 - stop);
    CHECK(torch::equal(second.weight, whole.weight));
    CHECK_FALSE(fs::exists(parts / kCheckpoint));
    CHECK(first.screen.lines + second.screen.lines == 0);
  }
}

namespace {

// The rate of each step, from a weight that each step of sgd lowers by it.
std::vector<double> rates(const TrainPlan& plan, const fs::path& folder) {
  const Tensor weight = torch::zeros({1}, torch::kDouble).set_requires_grad(true);
  std::vector<double> before;
  fs::create_directories(folder);
  RunWriter writer(folder);
  Progress progress;
  StopSignal stop;
  TrainTask task;
  task.name = "rates";
  task.trained = {{"weight", weight}};
  task.data = {std::make_shared<Ones>(13)};
  task.step = [&](const Batch&, int64_t) {
    before.push_back(weight.item<double>());
    return StepResult{weight.sum(), {}};
  };
  Trainer(folder, &writer, &progress, &stop, 1e9).fit(task, plan);
  before.push_back(weight.item<double>());
  std::vector<double> out;
  for (size_t i = 1; i < before.size(); ++i) out.push_back(before[i - 1] - before[i]);
  return out;
}

}  // namespace

TEST_CASE("gamma lowers the rate after each epoch, as an exponential schedule does", "[train]") {
  TrainPlan plan = short_plan();
  plan.optimizer = "sgd";
  plan.lr = 0.5;
  plan.gamma = 0.9;
  const RunFolder folder;
  // torch.optim.lr_scheduler.ExponentialLR is StepLR with a step size of 1.
  torch::optim::SGD sgd({torch::zeros({1}).set_requires_grad(true)}, torch::optim::SGDOptions(0.5));
  torch::optim::StepLR schedule(sgd, 1, 0.9);
  schedule.step();  // which Python's does when it is made
  const std::vector<double> found = rates(plan, folder.path / "plain");
  REQUIRE(found.size() == 12);
  for (size_t step = 0; step < 12; ++step) {
    const auto& options = sgd.param_groups().front().options();
    CHECK(found[step] == Approx(options.get_lr()).epsilon(1e-12));
    sgd.step();
    if (step % 3 == 2) schedule.step();
  }
  // With milestones and warm-up each has its own factor.
  plan.milestones = {2};
  plan.warmup_steps = 4;
  const std::vector<double> all = rates(plan, folder.path / "all");
  for (size_t step = 0; step < 12; ++step) {
    const size_t epoch = step / 3;
    const double warm = step < 4 ? static_cast<double>(step + 1) / 4 : 1;
    const double fallen = epoch >= 2 ? 0.1 : 1;
    CHECK(all[step] == Approx(0.5 * std::pow(0.9, epoch) * warm * fallen).epsilon(1e-12));
  }
}

TEST_CASE("gamma is part of the plan, and says nothing when it is off", "[train]") {
  const RunFolder folder;
  TrainPlan plan = short_plan();
  Summing first;
  first.brief = false;
  first.run(folder.path / "off", plan);
  const std::string text = modhost::detail::load_checkpoint(folder.path / "off" / kCheckpoint).plan;
  CHECK(text.find("gamma") == std::string::npos);
  plan.gamma = 0.5;
  Summing second, third;
  second.brief = third.brief = false;
  second.run(folder.path / "half", plan);
  CHECK(modhost::detail::load_checkpoint(folder.path / "half" / kCheckpoint).plan ==
        text + " gamma 0.5");
  plan.gamma = 0.6;
  CHECK_THROWS_WITH(third.run(folder.path / "half", plan),
                    Catch::Contains("another training plan"));

  TrainOptions options;
  CHECK(options.plan().gamma == 1);
  options.gamma.set(0.9);
  options.validate();
  CHECK(options.plan().gamma == 0.9);
}

TEST_CASE("gamma of networks whose epochs differ is refused", "[train]") {
  TrainPlan plan = short_plan();
  plan.steps = 5;
  TrainTask task;
  task.name = "two";
  const Tensor weight = torch::zeros({2}, torch::kDouble).set_requires_grad(true);
  task.trained = {{"weight", weight}};
  task.data = {std::make_shared<Ones>(13), std::make_shared<Ones>(29)};
  task.seeds = {1, 2};
  task.step = [&](const Batch&, int64_t) { return StepResult{weight * 1, {}}; };
  const RunFolder folder;
  RunWriter writer(folder.path);
  Progress progress;
  StopSignal stop;
  Trainer trainer(folder.path, &writer, &progress, &stop, 1e9);
  plan.gamma = 0.9;
  CHECK_THROWS_WITH(trainer.fit(task, plan), Catch::Contains("whose epochs differ"));
  plan.gamma = 1;
  CHECK(trainer.fit(task, plan).size() == 2);
}
