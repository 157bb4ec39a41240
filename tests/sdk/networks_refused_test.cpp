// What networks trained together are not, and how they say so.
#include <catch2/catch.hpp>

#include "network_runs.h"

using namespace modhost;
using namespace modhost::test;

TEST_CASE("modules are of initial weights, not of given ones", "[networks]") {
  TrainSetting fnn = fnn_setting();
  fnn.plan.init.modules = 3;
  CHECK(refusal(fnn, 1, 0, Experiment::Begin::weights) ==
        "option 'train.init_modules' is about initial weights, and these come from a file");
}

TEST_CASE("a network that cannot be trained beside others is refused with words", "[networks]") {
  struct CountingLayer : Layer {
    Buffer* calls;
    CountingLayer() : Layer("counting", 5, 5) { calls = &buffer("calls", torch::zeros({})); }
    Tensor forward(const Tensor& x) override {
      calls->tensor.add_(1);
      return x;
    }
  };
  struct Counting : ModelBase {
    Handle<CountingLayer> count;
    nn::Linear out;
    explicit Counting(const Build& build) : ModelBase(build) {
      count = add<Handle<CountingLayer>>("count");
      out = add<nn::Linear>("out", 5, 3);
    }
    Tensor forward(const Batch& batch) override { return out(count(batch.input)); }
  };
  const RunFolder folder;
  CHECK_THROWS_WITH(run(setting<Counting>(Input::features, {5}), folder.path, 2, 0),
                    Catch::StartsWith("networks cannot be trained together: the model changes "
                                      "'count.calls' in training"));
  run(setting<Counting>(Input::features, {5}), folder.path / "alone", 1, 1);
}

TEST_CASE("a loss that is not finite names the network", "[networks]") {
  TrainSetting fnn = setting<SmallFnn>(Input::features, {5});
  fnn.plan.optimizer = "sgd";
  fnn.plan.lr = 1e200;
  const RunFolder folder;
  CHECK_THROWS_WITH(run(fnn, folder.path, 2, 0),
                    Catch::Matches("the loss of 'networks/[01]' is not finite at step \\d+"));
}

TEST_CASE("the network to start from is one of those trained", "[networks]") {
  const auto check = [](int64_t seeds, int64_t network) {
    TrainOptions options;
    options.seeds.set(seeds);
    options.network.set(network);
    options.validate();
  };
  CHECK_NOTHROW(check(3, 2));
  CHECK_NOTHROW(check(1, 7));
  CHECK_THROWS_WITH(check(3, 3),
                    "option 'train.network': there is no network 3 among the 3 trained together");
}

TEST_CASE("what cannot be trained together is refused before anything is written", "[networks]") {
  const TrainSetting fnn = setting<SmallFnn>(Input::features, {5});
  const std::string trained =
      "options 'train.seeds' and 'train.network' are about networks to train, and this one comes "
      "trained from a file";
  CHECK(refusal(fnn, 3, 0, Experiment::Begin::network) == trained);
  CHECK(refusal(fnn, 1, 2, Experiment::Begin::network) == trained);
  TrainSetting large = fnn;
  large.plan.batch_size = 30;
  CHECK(refusal(large, 3, 0) == "training 'networks' has 29 samples, less than one batch of 30");
}
