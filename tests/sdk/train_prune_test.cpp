// Pruning in training and penalties on the size of kernels, against slow loops.
#include <modhost/error.h>
#include <modhost/random.h>
#include <modhost/train.h>
#include <torch/utils.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "kernel_updates.h"

using namespace modhost;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("modhost_prune_" + std::to_string(::getpid()));
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
};

using modhost::detail::add_size_gradient;
using modhost::detail::largest_entries;
using modhost::detail::zero_pruned;

PrunePlan prune_plan(const std::string& schedule, double start, int64_t every) {
  PrunePlan plan;
  plan.schedule = schedule;
  plan.start_sparsity = start;
  plan.every = every;
  return plan;
}

// Of one kernel, by sorting: the positions of the entries that go.
std::vector<size_t> gone_by_sorting(const std::vector<double>& values, double sparsity) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return std::abs(values[a]) > std::abs(values[b]); });
  const auto kept =
      static_cast<long>(std::round((1 - sparsity) * static_cast<double>(values.size())));
  return {order.begin() + kept, order.end()};
}

std::vector<double> entries(const Tensor& tensor) {
  const Tensor flat = tensor.detach().to(torch::kDouble).contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

int64_t zeros_in(const Tensor& tensor) { return (tensor == 0).sum().item<int64_t>(); }

// 40 rows of x [5] and y [3]; y = x A + noise.
struct Rows : Source {
  Tensor x, y;
  Rows() {
    torch::manual_seed(5);
    x = torch::randn({40, 5}, torch::kDouble);
    y = x.matmul(torch::randn({5, 3}, torch::kDouble)) +
        0.1 * torch::randn({40, 3}, torch::kDouble);
  }
  int64_t size() const override { return 40; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor at = torch::tensor(indices);
    return {x.index_select(0, at), y.index_select(0, at)};
  }
};

// A two-layer map with a bias, trained in double.
struct Map {
  Tensor first, second, bias;
  Map() {
    torch::manual_seed(9);
    first = torch::randn({7, 5}, torch::kDouble).set_requires_grad(true);
    second = torch::randn({3, 7}, torch::kDouble).set_requires_grad(true);
    bias = torch::randn({7}, torch::kDouble).set_requires_grad(true);
  }
  Tensor loss(const Batch& batch) const {
    const Tensor hidden = torch::tanh(batch.input.matmul(first.t()) + bias);
    return (hidden.matmul(second.t()) - batch.target).square().mean();
  }
};

constexpr uint64_t kOrder = 3;

void train(const Map& map, const TrainPlan& plan, const std::function<void(int64_t)>& each = {}) {
  const Folder folder;
  TrainTask task;
  task.name = "map";
  task.trained = {{"first", map.first}, {"second", map.second}, {"bias", map.bias}};
  task.kernels = {"first", "second"};
  task.data = {std::make_shared<Rows>()};
  task.seeds = {kOrder};
  task.step = [&](const Batch& batch, int64_t step) {
    if (each) each(step);
    return StepResult{map.loss(batch), {}};
  };
  StopSignal stop;
  Progress progress;
  RunWriter writer(folder.path);
  Trainer(folder.path, &writer, &progress, &stop, 1e9).fit(task, plan);
}

TrainPlan plan_of_map(const PrunePlan& prune) {
  TrainPlan plan;
  plan.lr = 0.02;
  plan.epochs = 6;
  plan.batch_size = 8;  // 5 steps an epoch
  plan.clip_norm = 0.5;
  plan.prune = prune;
  return plan;
}

// Adam as in the paper, step by step, on whole tensors.
struct SlowAdam {
  std::vector<Tensor> mean, square;
  int64_t steps = 0;
  void step(const std::vector<Tensor>& weights, const std::vector<Tensor>& gradients, double lr) {
    ++steps;
    for (size_t i = 0; i < weights.size(); ++i) {
      if (mean.size() <= i) {
        mean.push_back(torch::zeros_like(weights[i]));
        square.push_back(torch::zeros_like(weights[i]));
      }
      mean[i] = 0.9 * mean[i] + 0.1 * gradients[i];
      square[i] = 0.999 * square[i] + 0.001 * gradients[i].square();
      const Tensor m = mean[i] / (1 - std::pow(0.9, steps));
      const Tensor s = square[i] / (1 - std::pow(0.999, steps));
      weights[i].sub_(lr * m / (s.sqrt() + 1e-8));
    }
  }
};

void zero(const Tensor& weight, const std::vector<size_t>& gone) {
  for (const size_t at : gone) weight.view(-1)[static_cast<int64_t>(at)].fill_(0);
}

// The whole training once more: phase of 15 steps after 15 others.
void train_slowly(const Map& map, const TrainPlan& plan, double penalty1, double penalty2) {
  const Rows rows;
  const std::vector<Tensor> weights{map.first, map.second, map.bias};
  std::vector<std::vector<size_t>> gone(2);
  SlowAdam adam;
  for (int64_t step = 0; step < 30; ++step) {
    const int64_t phase = step - 15;
    if (phase == 0 && plan.prune.fresh_optimizer) adam = SlowAdam();
    const torch::NoGradGuard no_grad;
    if (phase >= 0 && phase % plan.prune.every == 0) {
      const double done =
          plan.prune.schedule == "polynomial"
              ? static_cast<double>(phase) / 15
              : std::floor(phase / plan.prune.every) / std::floor(15 / plan.prune.every);
      const bool last = phase + plan.prune.every >= 15;
      const double sparsity =
          last ? 0.9 : 0.9 + (plan.prune.start_sparsity - 0.9) * std::pow(1 - done, 3);
      for (size_t i = 0; i < 2; ++i) {
        gone[i] = gone_by_sorting(entries(weights[i]), sparsity);
        zero(weights[i], gone[i]);
      }
    }
    std::vector<int64_t> order =
        permutation(40, derive_seed(kOrder, static_cast<uint64_t>(step / 5)));
    const auto begin = order.begin() + step % 5 * 8;
    std::vector<Tensor> gradients;
    {
      const torch::AutoGradMode with_grad(true);
      const Tensor size = penalty1 * (map.first.abs().sum() + map.second.abs().sum()) +
                          penalty2 * (map.first.square().sum() + map.second.square().sum());
      gradients = torch::autograd::grad({map.loss(rows.load({begin, begin + 8})) + size}, weights);
    }
    double norm = 0;
    for (size_t i = 0; i < 3; ++i) {
      if (i < 2) zero(gradients[i], gone[i]);
      norm += gradients[i].square().sum().item<double>();
    }
    const double factor = std::min(1.0, plan.clip_norm / (std::sqrt(norm) + 1e-6));
    for (Tensor& gradient : gradients) gradient = gradient * factor;
    adam.step(weights, gradients, plan.lr);
    for (size_t i = 0; i < 2; ++i) zero(weights[i], gone[i]);
  }
}

}  // namespace

TEST_CASE("sparsity rises as published and ends where it is to end", "[prune]") {
  const PrunePlan polynomial = prune_plan("polynomial", 0.5, 10);
  for (int64_t step = 0; step + 10 < 4000; step += 10) {
    const double left = 1 - static_cast<double>(step) / 4000;
    CHECK(sparsity_at(polynomial, step, 4000) == Approx(0.9 - 0.4 * left * left * left));
  }
  CHECK(sparsity_at(polynomial, 3990, 4000) == 0.9);
  // 1005 steps: 11 prunings, of which the published code makes the last at 0.9, too
  const PrunePlan by_count = prune_plan("zhu_gupta", 0, 100);
  for (int64_t i = 0; i < 10; ++i) {
    const double left = 1 - static_cast<double>(i) / 10;
    CHECK(sparsity_at(by_count, 100 * i, 1005) == Approx(0.9 * (1 - left * left * left)));
  }
  CHECK(sparsity_at(by_count, 0, 1005) == 0);
  CHECK(sparsity_at(by_count, 1000, 1005) == 0.9);
  CHECK(sparsity_at(by_count, 900, 1000) == 0.9);  // published: 0.8991
  CHECK(sparsity_at(by_count, 0, 60) == 0.9);
}

TEST_CASE("prunings come at the first step of a phase and every so many", "[prune]") {
  const PrunePlan plan = prune_plan("polynomial", 0.5, 7);
  std::vector<int64_t> found;
  double before = 0;
  for (int64_t step = 0; step < 30; ++step) {
    if (!prunes_at(plan, step, 22)) continue;
    found.push_back(step);
    CHECK(sparsity_at(plan, step, 22) > before);
    before = sparsity_at(plan, step, 22);
  }
  CHECK(found == std::vector<int64_t>{0, 7, 14, 21});
  CHECK_FALSE(prunes_at(PrunePlan(), 0, 22));
}

TEST_CASE("the largest entries stay, the first among equal ones", "[prune]") {
  const auto type = GENERATE(torch::kFloat, torch::kDouble);
  torch::manual_seed(2);
  const double sparsity = GENERATE(0.0, 0.3, 0.5, 0.9, 0.999, 1.0);
  const bool ties = GENERATE(false, true);
  Tensor weight = torch::randn({3, 17, 11}, torch::TensorOptions(type));
  if (ties) weight = (weight * 2).round();
  const Tensor kept = largest_entries(weight, 3, sparsity);
  for (int64_t part = 0; part < 3; ++part) {
    Tensor expected = torch::ones({187}, torch::kBool);
    for (const size_t at : gone_by_sorting(entries(weight[part]), sparsity)) {
      expected[static_cast<int64_t>(at)] = false;
    }
    CHECK(torch::equal(kept[part].flatten(), expected));
  }
  Tensor zeroed = weight.clone();
  zero_pruned(zeroed, kept);
  CHECK(torch::equal(zeroed, torch::where(kept, weight, torch::zeros_like(weight))));
  CHECK_FALSE(
      zeroed.signbit().logical_and(zeroed == 0).logical_and(kept.logical_not()).any().item<bool>());
  weight[0][0][0] = NAN;  // counts as nothing, and is no end of the sort
  CHECK(largest_entries(weight, 1, 0.9).sum().item<int64_t>() == 56);
}

TEST_CASE("pruning in training is the slow loop", "[prune]") {
  const std::string schedule = GENERATE("polynomial", "zhu_gupta");
  const bool fresh = GENERATE(false, true);
  PrunePlan prune = prune_plan(schedule, schedule == "polynomial" ? 0.5 : 0, 4);
  prune.fresh_optimizer = fresh;
  prune.epochs = 3;
  TrainPlan plan = plan_of_map(prune);
  plan.l1 = 0.003;
  plan.l2 = 0.002;
  const Map fast, slow;
  train(fast, plan);
  train_slowly(slow, plan, 0.003, 0.002);
  CHECK((fast.first - slow.first).abs().max().item<double>() < 1e-10);
  CHECK((fast.second - slow.second).abs().max().item<double>() < 1e-10);
  CHECK((fast.bias - slow.bias).abs().max().item<double>() < 1e-10);
  CHECK(zeros_in(fast.first) == 35 - 3);  // (1 - 0.9) * 35 is a little less than 3.5
  CHECK(zeros_in(fast.second) == 21 - 2);
  CHECK(zeros_in(fast.bias) == 0);
}

TEST_CASE("what is pruned is exactly zero at each step and never comes back", "[prune]") {
  PrunePlan prune = prune_plan("polynomial", 0.5, 3);
  TrainPlan plan = plan_of_map(prune);  // half of six epochs
  plan.optimizer = GENERATE("adam", "adamw", "sgd");
  plan.momentum = plan.optimizer == "sgd" ? 0.9 : 0;
  plan.weight_decay = 0.01;
  const Map map;
  Tensor gone = torch::zeros({7, 5}, torch::kBool);
  int64_t most = 0;
  train(map, plan, [&](int64_t step) {
    if (step < 15) CHECK(zeros_in(map.first) == 0);
    CHECK(map.first.masked_select(gone).abs().sum().item<double>() == 0);
    if (step >= 15) gone = gone.logical_or(map.first == 0);
    CHECK(zeros_in(map.first) >= most);
    most = zeros_in(map.first);
    if (step == 15) CHECK(most == 35 - 18);
  });
  CHECK(zeros_in(map.first) == 35 - 3);
}

TEST_CASE("a phase that is longer than the training is refused", "[prune]") {
  PrunePlan prune = prune_plan("polynomial", 0.5, 3);
  prune.epochs = 7;
  CHECK_THROWS_WITH(train(Map(), plan_of_map(prune)),
                    "training 'map' is to prune in its last 7 epochs of 5 steps, and has only 30 "
                    "steps");
  TrainPlan patient = plan_of_map(prune_plan("polynomial", 0.5, 3));
  patient.patience = 2;
  CHECK_THROWS_WITH(train(Map(), patient), Catch::Contains("cannot both prune and return"));
}

TEST_CASE("penalties on size are those of autograd, in each of two types", "[prune]") {
  const auto type = GENERATE(torch::kFloat, torch::kDouble);
  torch::manual_seed(4);
  const Tensor weight =
      torch::randn({40000}, torch::TensorOptions(type)).requires_grad_();  // several threads
  {
    const torch::NoGradGuard no_grad;
    weight.narrow(0, 5, 3).zero_();
  }
  const Tensor gradient = torch::randn({40000}, torch::TensorOptions(type));
  const Tensor size = 0.03 * weight.abs().sum() + 0.02 * weight.square().sum();
  const Tensor expected = gradient + torch::autograd::grad({size}, {weight})[0];
  const Tensor found = gradient.clone();
  add_size_gradient(found, weight, 0.03, 0.02);
  const double gap = (found - expected).abs().max().item<double>();
  CHECK(gap < (type == torch::kFloat ? 1e-6 : 1e-14));
  CHECK(torch::equal(found.narrow(0, 5, 3), gradient.narrow(0, 5, 3)));
}

TEST_CASE("a penalty that is off leaves the gradient as it is", "[prune]") {
  const Map with, without;
  TrainPlan plan = plan_of_map(PrunePlan());
  train(with, plan);
  train(without, plan);
  CHECK(torch::equal(with.first, without.first));
  plan.l1 = 1e-3;
  const Map penalised;
  train(penalised, plan);
  CHECK(penalised.first.abs().sum().item<double>() < with.first.abs().sum().item<double>());
}

TEST_CASE("options of pruning say what does not go together", "[prune]") {
  TrainOptions options;
  options.prune.set("zhu_gupta");
  options.validate();
  CHECK(options.plan().prune.every == 100);
  CHECK(options.plan().prune.start_sparsity == 0);
  CHECK_FALSE(options.plan().prune.fresh_optimizer);
  options.prune.set("polynomial");
  CHECK(options.plan().prune.every == 10);
  CHECK(options.plan().prune.start_sparsity == 0.5);
  CHECK(options.plan().prune.fresh_optimizer);
  options.prune_epochs.set(11);
  CHECK_THROWS_WITH(options.validate(),
                    "option 'train.prune_epochs': 11 epochs of pruning are more "
                    "than the 10 of the training");
  options.prune_epochs.set(2);
  options.prune_sparsity.set(0.4);
  CHECK_THROWS_WITH(options.validate(),
                    "option 'train.prune_start_sparsity': pruning begins at 0.5 "
                    "and is to end at 0.4, which is less");
  options.prune_sparsity.set(0.9);
  options.patience.set(3);
  CHECK_THROWS_WITH(options.validate(), Catch::Contains("do not go together"));
  options.patience.set(0);
  options.checkpoints.set("at=prune");
  options.validate();
  options.prune.set("none");
  CHECK_THROWS_WITH(options.validate(), Catch::Contains("and none is asked for"));
}
