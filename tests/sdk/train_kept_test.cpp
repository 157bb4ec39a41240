// Entries that are zero and stay so, against LibTorch's optimisers with masked gradients.
#include <modhost/error.h>
#include <modhost/network_group.h>
#include <modhost/random.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include <catch2/catch.hpp>

#include "network_runs.h"

using namespace modhost;
using namespace modhost::test;

namespace {

constexpr uint64_t kOrder = 3;

// 40 rows of x [5] and labels of 3.
struct Rows : Source {
  Tensor x, y;
  Rows() {
    torch::manual_seed(5);
    x = torch::randn({40, 5}, torch::kDouble);
    y = x.matmul(torch::randn({5, 3}, torch::kDouble)).argmax(1);
  }
  int64_t size() const override { return 40; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor at = torch::tensor(indices);
    return {x.index_select(0, at), y.index_select(0, at)};
  }
};

TrainPlan plan_of(const std::string& optimizer) {
  TrainPlan plan;
  plan.optimizer = optimizer;
  plan.lr = 0.05;
  plan.weight_decay = 0.1;
  plan.momentum = optimizer == "sgd" ? 0.9 : 0;
  plan.epochs = 3;
  plan.batch_size = 8;  // 5 steps an epoch
  return plan;
}

// A map by matrices: 5 inputs, 7 tanh, 3 outputs.
struct Map {
  std::vector<Tensor> tensors;  // first, bias, second
  Map() {
    torch::manual_seed(9);
    for (const auto& shape : {std::vector<int64_t>{7, 5}, {7}, {3, 7}}) {
      tensors.push_back(torch::randn(shape, torch::kDouble).set_requires_grad(true));
    }
  }
  NamedTensors named() const {
    return {{"first", tensors[0]}, {"bias", tensors[1]}, {"second", tensors[2]}};
  }
  Tensor loss(const Batch& batch) const {
    const Tensor hidden = torch::tanh(batch.input.matmul(tensors[0].t()) + tensors[1]);
    return torch::cross_entropy_loss(hidden.matmul(tensors[2].t()), batch.target);
  }
};

// About a third of the entries are false.
Tensor some(at::IntArrayRef shape, uint64_t seed) {
  torch::manual_seed(seed);
  Tensor out = torch::rand(shape) > 0.33;
  out.view(-1)[0] = false;
  out.view(-1)[1] = true;
  return out;
}

TrainTask task_of(const Map& map) {
  TrainTask task;
  task.name = "map";
  task.trained = map.named();
  task.data = {std::make_shared<Rows>()};
  task.seeds = {kOrder};
  task.step = [map](const Batch& batch, int64_t) { return StepResult{map.loss(batch), {}}; };
  return task;
}

void fit(const TrainTask& task, const TrainPlan& plan, const std::filesystem::path& folder,
         const StopSignal& stop = {}) {
  Progress progress;
  std::filesystem::create_directories(folder);
  RunWriter writer(folder);
  Trainer(folder, &writer, &progress, &stop, 1e9).fit(task, plan);
}

std::unique_ptr<torch::optim::Optimizer> libtorch(const TrainPlan& plan,
                                                  const std::vector<Tensor>& tensors) {
  using namespace torch::optim;
  if (plan.optimizer == "adam") {
    return std::make_unique<Adam>(tensors, AdamOptions(plan.lr).weight_decay(plan.weight_decay));
  }
  if (plan.optimizer == "adamw") {
    return std::make_unique<AdamW>(tensors, AdamWOptions(plan.lr).weight_decay(plan.weight_decay));
  }
  return std::make_unique<SGD>(
      tensors, SGDOptions(plan.lr).weight_decay(plan.weight_decay).momentum(plan.momentum));
}

// `kept` of each tensor, or undefined: all of it.
void train_slowly(const Map& map, const TrainPlan& plan, const std::vector<Tensor>& kept) {
  const Rows rows;
  const auto optimizer = libtorch(plan, map.tensors);
  const auto masked = [&](const std::function<Tensor(const Tensor&)>& what) {
    const torch::NoGradGuard no_grad;
    for (size_t i = 0; i < kept.size(); ++i) {
      if (kept[i].defined()) what(map.tensors[i]).mul_(kept[i]);
    }
  };
  masked([](const Tensor& tensor) { return tensor; });
  for (int64_t step = 0; step < 15; ++step) {
    const auto order = permutation(40, derive_seed(kOrder, static_cast<uint64_t>(step / 5)));
    const auto first = order.begin() + step % 5 * 8;
    optimizer->zero_grad();
    map.loss(rows.load({first, first + 8})).backward();
    masked([](const Tensor& tensor) { return tensor.grad(); });
    if (plan.clip_norm > 0) torch::nn::utils::clip_grad_norm_(map.tensors, plan.clip_norm);
    optimizer->step();
  }
}

}  // namespace

TEST_CASE("what is to stay zero does, and the rest is trained as with masked gradients",
          "[train]") {
  TrainPlan plan = plan_of(GENERATE("adam", "adamw", "sgd"));
  plan.clip_norm = GENERATE(0.0, 0.3);
  const RunFolder folder;
  const Map fast, slow;
  const std::vector<Tensor> kept{some({7, 5}, 1), some({7}, 2), Tensor()};
  TrainTask task = task_of(fast);
  task.kept = {{"bias", kept[1]}, {"first", kept[0]}};
  fit(task, plan, folder.path);
  train_slowly(slow, plan, kept);
  for (size_t i = 0; i < 3; ++i) {
    CHECK((fast.tensors[i] - slow.tensors[i]).abs().max().item<double>() < 1e-13);
    if (!kept[i].defined()) continue;
    CHECK(fast.tensors[i].masked_select(~kept[i]).abs().max().item<double>() == 0);
    CHECK(fast.tensors[i].masked_select(kept[i]).abs().min().item<double>() > 0);
  }
}

TEST_CASE("zeros are there from the first step on and after any stop", "[train]") {
  const TrainPlan plan = plan_of(GENERATE("adam", "sgd"));
  const Tensor kept = some({7, 5}, 1);
  const RunFolder folder;
  const Map whole;
  TrainTask task = task_of(whole);
  task.kept = {{"first", kept}};
  fit(task, plan, folder.path / "whole");
  for (const int64_t stop_at : {0, 1, 7}) {
    const std::filesystem::path parts = folder.path / std::to_string(stop_at);
    const auto run = [&](const Map& map, int64_t end) {
      StopSignal stop;
      if (end == 0) stop.request();  // before the first step
      TrainTask again = task_of(map);
      again.kept = {{"first", kept}};
      again.step = [&](const Batch& batch, int64_t step) {
        CHECK(map.tensors[0].masked_select(~kept).abs().max().item<double>() == 0);
        if (step + 1 == end) stop.request();
        return StepResult{map.loss(batch), {}};
      };
      fit(again, plan, parts, stop);
    };
    CHECK_THROWS_AS(run(Map(), stop_at), Error);
    const Map resumed;
    run(resumed, -1);
    for (size_t i = 0; i < 3; ++i) CHECK(torch::equal(resumed.tensors[i], whole.tensors[i]));
  }
}

TEST_CASE("pruning leaves zero what was to stay zero, though it asks for less", "[train]") {
  TrainPlan plan = plan_of("adam");
  plan.prune.schedule = "polynomial";
  plan.prune.start_sparsity = 0.05;
  plan.prune.sparsity = 0.1;
  plan.prune.every = 2;
  plan.prune.epochs = 2;
  const RunFolder folder;
  const Map map;
  const Tensor kept = some({7, 5}, 1);
  TrainTask task = task_of(map);
  task.kernels = {"first", "second"};
  task.kept = {{"first", kept}};
  fit(task, plan, folder.path);
  CHECK(torch::equal(map.tensors[0] != 0, kept));
  CHECK((map.tensors[2] != 0).sum().item<int64_t>() == 19);  // 0.9 * 21
}

namespace {

// Networks from these values, trained with these zeros.
NamedTensors trained(const NamedTensors& values, const NamedTensors& kept,
                     const std::vector<uint64_t>& seeds, const std::filesystem::path& folder) {
  SmallFnn model({{Input::features, {5}, Output::classes, {3}}, {}, {}});
  model.to(torch::kDouble);
  NetworkGroup group(model, values, seeds);
  TrainTask task;
  task.name = "networks";
  task.trained = group.trained();
  task.data = {std::make_shared<Rows>()};
  task.seeds = seeds;
  task.kept = kept;
  task.step = [&](const Batch& batch, int64_t step) { return group.step(batch, step); };
  task.keep = [&](const std::vector<int64_t>& networks) { group.keep(networks); };
  TrainPlan plan = plan_of("adam");
  plan.clip_norm = 0.3;
  fit(task, plan, folder);
  NamedTensors out;
  for (const auto& [name, tensor] : group.trained()) out.emplace_back(name, tensor.detach());
  return out;
}

NamedTensors one_of(const NamedTensors& all, int64_t network) {
  NamedTensors out;
  for (const auto& [name, tensor] : all) {
    out.emplace_back(name, tensor.detach().narrow(0, network, 1));
  }
  return out;
}

}  // namespace

TEST_CASE("networks trained together keep each its own zeros, as alone", "[networks]") {
  torch::manual_seed(12);
  const NamedTensors values{{"first.weight", torch::randn({3, 9, 5}, torch::kDouble)},
                            {"first.bias", torch::randn({3, 9}, torch::kDouble)},
                            {"second.weight", torch::randn({3, 3, 9}, torch::kDouble)},
                            {"second.bias", torch::randn({3, 3}, torch::kDouble)}};
  const NamedTensors kept{{"first.weight", some({3, 9, 5}, 4)}, {"first.bias", some({3, 9}, 5)}};
  const std::vector<uint64_t> seeds{21, 22, 23};
  const RunFolder folder;
  const NamedTensors together = trained(values, kept, seeds, folder.path / "together");
  for (int64_t network = 0; network < 3; ++network) {
    const NamedTensors alone =
        trained(one_of(values, network), one_of(kept, network),
                {seeds[static_cast<size_t>(network)]}, folder.path / std::to_string(network));
    CHECK(difference(one_of(together, network), alone) < 1e-12);
  }
  for (const auto& [name, own] : kept) CHECK(torch::equal(*find(together, name) != 0, own));
  CHECK(difference(one_of(together, 0), one_of(together, 1)) > 0.01);
}

TEST_CASE("what is to stay zero must have the shape of what is trained", "[train]") {
  const RunFolder folder;
  for (const Tensor& bad : {some({5, 7}, 1), some({7, 5}, 1).to(torch::kLong)}) {
    TrainTask task = task_of(Map());
    task.kept = {{"first", bad}};
    CHECK_THROWS_WITH(fit(task, plan_of("adam"), folder.path),
                      Catch::Contains("'first' is to keep entries of another shape"));
  }
}
