// The optimisers against LibTorch's own.
#include "optimizer.h"

#include <modhost/train.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>
#include <torch/utils.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <tuple>

#include "update_rules.h"

using namespace modhost;

namespace {

using modhost::detail::NamedOptimizer;

std::unique_ptr<torch::optim::Optimizer> libtorch(const TrainPlan& plan,
                                                  const std::vector<Tensor>& trained) {
  using namespace torch::optim;
  if (plan.optimizer == "adam") {
    return std::make_unique<Adam>(trained, AdamOptions(plan.lr)
                                               .weight_decay(plan.weight_decay)
                                               .betas({plan.beta1, plan.beta2})
                                               .eps(plan.eps));
  }
  if (plan.optimizer == "adamw") {
    return std::make_unique<AdamW>(trained, AdamWOptions(plan.lr)
                                                .weight_decay(plan.weight_decay)
                                                .betas({plan.beta1, plan.beta2})
                                                .eps(plan.eps));
  }
  return std::make_unique<SGD>(
      trained, SGDOptions(plan.lr).weight_decay(plan.weight_decay).momentum(plan.momentum));
}

// A loss whose gradient changes from step to step.
Tensor loss(const Tensor& a, const Tensor& b) {
  return ((a.square() - 0.3 * a).sum() + (b - 1).pow(4).sum()) * 0.7;
}

double max_error(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

Tensor leaf(std::vector<int64_t> shape, double phase, torch::ScalarType type = torch::kDouble) {
  const Tensor line = torch::arange(shape[0] * shape[1], torch::kDouble);
  return torch::sin(line + phase).view(shape).to(type).set_requires_grad(true);
}

// The largest difference from LibTorch's optimiser after six steps.
double gap_to_libtorch(const TrainPlan& plan, torch::ScalarType type) {
  const Tensor a = leaf({3, 5}, 0, type), b = leaf({2, 2}, 1, type);
  const Tensor c = leaf({3, 5}, 0, type), d = leaf({2, 2}, 1, type);
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
  return std::max(max_error(a, c), max_error(b, d));
}

}  // namespace

TEST_CASE("the optimisers follow LibTorch's, clipping and decay included", "[train]") {
  TrainPlan plan;
  plan.optimizer = GENERATE("adam", "adamw", "sgd");
  plan.lr = 0.05;
  plan.weight_decay = GENERATE(0.0, 0.02);
  plan.momentum = plan.optimizer == "sgd" ? GENERATE(0.0, 0.9) : 0.0;
  plan.clip_norm = GENERATE(0.0, 0.5);
  CHECK(gap_to_libtorch(plan, torch::kDouble) < 1e-13);
}

// The settings of the DeepMind Mathematics study (0.9, 0.995, 1e-9), and some far from the usual.
TEST_CASE("Adam takes other betas and another eps, as LibTorch's does", "[train]") {
  TrainPlan plan;
  plan.optimizer = GENERATE("adam", "adamw");
  plan.lr = 0.05;
  plan.weight_decay = 0.02;
  const double usual = gap_to_libtorch(plan, torch::kDouble);
  std::tie(plan.beta1, plan.beta2, plan.eps) =
      GENERATE(table<double, double, double>({{0.9, 0.995, 1e-9}, {0.3, 0.5, 0.2}, {0, 0, 1}}));
  CHECK(usual < 1e-13);
  CHECK(gap_to_libtorch(plan, torch::kDouble) < 1e-13);
  CHECK(gap_to_libtorch(plan, torch::kFloat) < 2e-6);  // values up to 1, six roundings of 6e-8
}

TEST_CASE("the section [train] hands betas, eps and steps to the plan", "[train]") {
  TrainOptions options;
  CHECK(options.plan().beta1 == 0.9);
  CHECK(options.plan().beta2 == 0.999);
  CHECK(options.plan().eps == 1e-8);
  CHECK(options.plan().steps == 0);
  options.betas.set({0.8, 0.95});
  options.eps.set(1e-3);
  options.steps.set(70);
  options.validate();
  CHECK(options.plan().beta1 == 0.8);
  CHECK(options.plan().beta2 == 0.95);
  CHECK(options.plan().eps == 1e-3);
  CHECK(options.plan().steps == 70);
  const std::vector<double> bad =
      GENERATE(as<std::vector<double>>(), std::vector<double>{}, std::vector<double>{0.9},
               std::vector<double>{0.9, 1.0}, std::vector<double>{0.9, 0.99, 0.999});
  options.betas.set(bad);
  CHECK_THROWS_WITH(options.validate(), Catch::Contains("takes two numbers from 0 to below 1"));
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
