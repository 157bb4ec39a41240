// Networks that are trained in the tests of `networks_test.cpp` and its neighbours: settings, runs
// of whole experiments, and comparisons with single trainings, in double precision.
#pragma once

#include <modhost/error.h>
#include <modhost/experiment.h>
#include <modhost/files.h>
#include <modhost/nn.h>
#include <modhost/state_file.h>
#include <torch/utils.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace modhost::test {

constexpr double kTolerance = 1e-9;  // of weights of size 1 after dozens of steps in double

// Of this process, empty at first, and gone in the end.
struct RunFolder {
  std::filesystem::path path;
  RunFolder();
  ~RunFolder();
};

struct SmallFnn : ModelBase {
  nn::Linear first, second;
  nn::Dropout drop;
  explicit SmallFnn(const Build& build) : ModelBase(build) {
    first = add<nn::Linear>("first", 5, 9);
    second = add<nn::Linear>("second", 9, 3);
    drop = add<nn::Dropout>("drop", 0.3);
    join("", "first", joint::same(5));
    join("first", "second", joint::same(9));
  }
  Tensor forward(const Batch& batch) override {
    return second(drop(torch::relu(first(batch.input))));
  }
};

struct SmallCnn : ModelBase {
  nn::Conv2d conv;
  nn::BatchNorm2d norm;
  nn::Linear out;
  explicit SmallCnn(const Build& build) : ModelBase(build) {
    conv = add<nn::Conv2d>("conv", 2, 4, 3, ops::Conv2dGeometry{1, 1});
    norm = add<nn::BatchNorm2d>("norm", 4);
    out = add<nn::Linear>("out", 4, 3);
    join("", "conv", joint::same(2));
    join("conv", "norm", joint::same(4));
    join("norm", "out", joint::same(4));
  }
  Tensor forward(const Batch& batch) override {
    return out(torch::relu(norm(conv(batch.input))).mean({2, 3}));
  }
};

struct SmallRnn : ModelBase {
  nn::Lstm lstm;
  nn::Dropout drop;
  nn::Linear out;
  explicit SmallRnn(const Build& build) : ModelBase(build) {
    lstm = add<nn::Lstm>("lstm", 3, 6);
    drop = add<nn::Dropout>("drop", 0.3);
    out = add<nn::Linear>("out", 6, 3);
  }
  Tensor forward(const Batch& batch) override { return out(drop(lstm(batch.input).select(1, -1))); }
};

// One way to train one architecture.
struct TrainSetting {
  Input input;
  std::vector<int64_t> size;
  std::function<std::unique_ptr<ModelBase>(const Build&)> make;
  TrainPlan plan;
  int64_t held_out = 0;
  int64_t stop_after = -1;  // batches
  torch::ScalarType type = torch::kDouble;
};

template <typename M>
TrainSetting setting(Input input, std::vector<int64_t> size) {
  TrainSetting out{input, std::move(size),
                   [](const Build& build) { return std::make_unique<M>(build); }, TrainPlan()};
  out.plan.lr = 0.02;
  out.plan.epochs = 4;
  out.plan.batch_size = 6;
  return out;
}

TrainSetting fnn_setting();

// A finished run.
struct FinishedRun {
  NamedTensors network;
  std::vector<NamedTensors> networks;
  std::map<std::string, double> scalars;
  std::vector<std::vector<int64_t>> asked;
};

// One experiment. Error(interrupted) after setting.stop_after batches.
FinishedRun run(const TrainSetting& setting, const std::filesystem::path& folder, int64_t seeds,
                int64_t network, Experiment::Begin begin = Experiment::Begin::nothing);

// The largest between two networks, whose tensors must have the same names and shapes.
double difference(const NamedTensors& a, const NamedTensors& b);

// So many networks trained together are each what it is when it is trained alone.
void check_against_single(const TrainSetting& setting, int64_t seeds,
                          double tolerance = kTolerance);

// The words of the error that a run ends with.
std::string refusal(const TrainSetting& setting, int64_t seeds, int64_t network,
                    Experiment::Begin begin = Experiment::Begin::nothing);

}  // namespace modhost::test
