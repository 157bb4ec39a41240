// The optimisers against LibTorch's own.
#include "optimizer.h"

#include <modhost/train.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>

#include "update_rules.h"

using namespace modhost;

namespace {

using modhost::detail::NamedOptimizer;

std::unique_ptr<torch::optim::Optimizer> libtorch(const TrainPlan& plan,
                                                  const std::vector<Tensor>& trained) {
  using namespace torch::optim;
  if (plan.optimizer == "adam") {
    return std::make_unique<Adam>(trained, AdamOptions(plan.lr).weight_decay(plan.weight_decay));
  }
  if (plan.optimizer == "adamw") {
    return std::make_unique<AdamW>(trained, AdamWOptions(plan.lr).weight_decay(plan.weight_decay));
  }
  return std::make_unique<SGD>(
      trained, SGDOptions(plan.lr).weight_decay(plan.weight_decay).momentum(plan.momentum));
}

// A loss whose gradient changes from step to step.
Tensor loss(const Tensor& a, const Tensor& b) {
  return ((a.square() - 0.3 * a).sum() + (b - 1).pow(4).sum()) * 0.7;
}

double max_error(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

Tensor leaf(std::vector<int64_t> shape, double phase) {
  const Tensor line = torch::arange(shape[0] * shape[1], torch::kDouble);
  return torch::sin(line + phase).view(shape).set_requires_grad(true);
}

}  // namespace

TEST_CASE("the optimisers follow LibTorch's, clipping and decay included", "[train]") {
  TrainPlan plan;
  plan.optimizer = GENERATE("adam", "adamw", "sgd");
  plan.lr = 0.05;
  plan.weight_decay = GENERATE(0.0, 0.02);
  plan.momentum = plan.optimizer == "sgd" ? GENERATE(0.0, 0.9) : 0.0;
  plan.clip_norm = GENERATE(0.0, 0.5);
  const Tensor a = leaf({3, 5}, 0), b = leaf({2, 2}, 1);
  const Tensor c = leaf({3, 5}, 0), d = leaf({2, 2}, 1);
  NamedOptimizer own({{"a", a}, {"b", b}}, plan);
  const auto theirs = libtorch(plan, {c, d});
  for (int step = 0; step < 6; ++step) {
    own.zero_grad();
    loss(a, b).backward();
    own.step(plan.lr);
    theirs->zero_grad();
    loss(c, d).backward();
    if (plan.clip_norm > 0) torch::nn::utils::clip_grad_norm_({c, d}, plan.clip_norm);
    theirs->step();
  }
  CHECK(max_error(a, c) < 1e-13);
  CHECK(max_error(b, d) < 1e-13);
}

TEST_CASE("a linear penalty is a constant gradient, within the clipped norm", "[train]") {
  TrainPlan plan;
  plan.optimizer = "sgd";
  plan.lr = 0.1;
  plan.clip_norm = GENERATE(0.0, 0.5);
  const Tensor a = leaf({3, 5}, 0), b = a.detach().clone().set_requires_grad(true);
  NamedOptimizer written_out({{"a", a}}, plan);
  (a.square().sum() + 0.2 * a.sum()).backward();
  written_out.step(plan.lr);
  plan.linear_penalty = 0.2;
  NamedOptimizer folded({{"b", b}}, plan);
  b.square().sum().backward();
  folded.step(plan.lr);
  CHECK(max_error(a, b) < 1e-14);
}

TEST_CASE("networks trained together are clipped each by itself", "[train]") {
  TrainPlan plan;
  plan.optimizer = "adam";
  plan.lr = 0.05;
  plan.clip_norm = 0.5;
  const Tensor together = leaf({2, 6}, 0);
  NamedOptimizer both({{"w", together}}, plan, 2);
  const Tensor scale = torch::tensor({{0.01}, {30.0}}, torch::kDouble);
  std::vector<Tensor> single;
  for (int64_t n = 0; n < 2; ++n) {
    single.push_back(together.detach()[n].clone().set_requires_grad(true));
  }
  NamedOptimizer first({{"w", single[0]}}, plan), second({{"w", single[1]}}, plan);
  for (int step = 0; step < 4; ++step) {
    both.zero_grad();
    (scale * together.square()).sum().backward();
    both.step(plan.lr);
    for (NamedOptimizer* alone : {&first, &second}) {
      const int64_t n = alone == &first ? 0 : 1;
      alone->zero_grad();
      (scale[n] * single[n].square()).sum().backward();
      alone->step(plan.lr);
    }
  }
  CHECK(torch::equal(together[0], single[0]));
  CHECK(torch::equal(together[1], single[1]));
}

TEST_CASE("the rules for other devices agree with those for the CPU", "[train]") {
  using namespace modhost::detail;
  const Tensor p = leaf({7, 9}, 0).detach(), g = leaf({7, 9}, 2).detach();
  const Tensor m = 0.1 * leaf({7, 9}, 3).detach(), v = leaf({7, 9}, 4).detach().square();
  const Preparation prepare{0.01, {0.5}, 0.1};
  AdamStep step{0.02, 0.99};
  step.step = 3;
  const Tensor q = p.clone(), n = m.clone(), w = v.clone();
  adam_update(p, g, m, v, prepare, step);
  adam_update_by_tensors(q, g, n, w, prepare, step);
  CHECK(max_error(p, q) < 1e-14);
  sgd_update(p, g, m, prepare, 0.1, 0.9);
  sgd_update_by_tensors(q, g, n, prepare, 0.1, 0.9);
  CHECK(max_error(p, q) < 1e-14);
}
