// Networks that are pruned, penalised or to fall into clusters: together as alone.
#include <catch2/catch.hpp>
#include <cmath>

#include "network_runs.h"

using namespace modhost;
using namespace modhost::test;

TEST_CASE("pruned and penalised networks trained together equal single trainings", "[networks]") {
  TrainSetting one = GENERATE(fnn_setting(), setting<SmallCnn>(Input::image, {2, 5, 5}));
  one.plan.l1 = 0.002;
  one.plan.l2 = 0.003;
  one.plan.prune.schedule = "polynomial";
  one.plan.prune.every = 3;
  one.plan.prune.fresh_optimizer = GENERATE(false, true);
  // The first steps of a fresh Adam divide by the sizes of gradients that may be small.
  check_against_single(one, 3, 100 * kTolerance);

  TrainSetting shorter = one;
  shorter.plan.epochs = 2;
  shorter.plan.prune.schedule = "none";
  const RunFolder folder;
  const FinishedRun whole = run(one, folder.path / "whole", 3, 0);
  const FinishedRun before = run(shorter, folder.path / "before", 3, 0);
  for (size_t number = 0; number < 3; ++number) {
    const std::filesystem::path file = "unpruned/" + std::to_string(number) + ".safetensors";
    CHECK(difference(load_safetensors(folder.path / "whole" / file), before.networks[number]) == 0);
    for (const auto& [name, weight] : whole.networks[number]) {
      if (weight.dim() < 2) continue;
      const auto kept = std::lround((1 - 0.9) * static_cast<double>(weight.numel()));
      CHECK((weight != 0).sum().item<int64_t>() == kept);
    }
  }
}

TEST_CASE("networks that are to cluster equal single trainings", "[networks]") {
  TrainSetting one = GENERATE(fnn_setting(), setting<SmallCnn>(Input::image, {2, 5, 5}));
  one.plan.clusterability.weight = 0.3;
  one.plan.clusterability.every = GENERATE(1, 3);
  one.plan.clusterability.normalize = one.input == Input::features;
  one.plan.init.modules = 3;
  if (one.plan.clusterability.every == 3) one.plan.prune.schedule = "polynomial";
  // Adam moves every weight by about its rate, however small the gradient whose sign it follows.
  check_against_single(one, 3, 1e4 * kTolerance);

  TrainSetting without = one;
  without.plan.clusterability.weight = 0;
  const RunFolder folder;
  CHECK(difference(run(one, folder.path / "with", 1, 0).network,
                   run(without, folder.path / "without", 1, 0).network) > 1e-4);
}

TEST_CASE("each of the networks that are to cluster stops early by itself", "[networks]") {
  TrainSetting cnn = setting<SmallCnn>(Input::image, {2, 5, 5});
  cnn.plan.epochs = 30;
  cnn.plan.patience = 3;
  cnn.plan.lr = 0.05;
  cnn.held_out = 17;
  cnn.plan.clusterability.weight = 0.1;
  check_against_single(cnn, 4, 1e4 * kTolerance);
}

TEST_CASE("pruned networks go on to the same bits after any stop", "[networks]") {
  TrainSetting cnn = setting<SmallCnn>(Input::image, {2, 5, 5});
  cnn.plan.l1 = 0.002;
  cnn.plan.prune.schedule = "polynomial";
  cnn.plan.prune.every = 3;
  const int64_t seeds = GENERATE(1, 3);
  const RunFolder folder;
  const FinishedRun whole = run(cnn, folder.path / "whole", seeds, 0);
  for (int64_t stop = 1; stop < 16; ++stop) {  // 16 steps, the last 8 with pruning
    const std::filesystem::path parts = folder.path / std::to_string(stop);
    TrainSetting stopped = cnn;
    stopped.stop_after = stop;
    CHECK_THROWS_AS(run(stopped, parts, seeds, 0), Error);
    const FinishedRun resumed = run(cnn, parts, seeds, 0);
    CHECK(difference(resumed.network, whole.network) == 0);
    const std::filesystem::path unpruned =
        seeds == 1 ? "unpruned.safetensors" : "unpruned/2.safetensors";
    CHECK(read_file(parts / unpruned) == read_file(folder.path / "whole" / unpruned));
    CHECK(read_file(parts / "metrics.jsonl") == read_file(folder.path / "whole/metrics.jsonl"));
  }
}

TEST_CASE("every kernel is penalised, the first one, too, and no bias", "[networks]") {
  TrainSetting fnn = setting<SmallFnn>(Input::features, {5});
  fnn.plan.optimizer = "sgd";
  fnn.plan.steps = 1;
  TrainSetting untrained = fnn;
  untrained.plan.steps = 0;
  untrained.plan.epochs = 0;
  const bool squares = GENERATE(false, true);
  TrainSetting penalised = fnn;
  (squares ? penalised.plan.l2 : penalised.plan.l1) = 0.03;
  const RunFolder folder;
  const NamedTensors before = run(untrained, folder.path / "before", 1, 0).network;
  const NamedTensors plain = run(fnn, folder.path / "plain", 1, 0).network;
  const NamedTensors found = run(penalised, folder.path / "penalised", 1, 0).network;
  REQUIRE(before.size() == 4);
  for (const auto& [name, weight] : before) {
    INFO(name);
    const Tensor slope = squares ? 2 * 0.03 * weight : 0.03 * weight.sign();
    const Tensor expected = weight.dim() < 2 ? torch::zeros_like(weight) : -fnn.plan.lr * slope;
    const Tensor moved = *find(found, name) - *find(plain, name);
    CHECK((moved - expected).abs().max().item<double>() < 1e-15);
  }
}
