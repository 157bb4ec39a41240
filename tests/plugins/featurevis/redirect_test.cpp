// Gradients for units that are off.
#include "redirect.h"

#include <catch2/catch.hpp>

#include "ascent.h"
#include "nets.h"

using namespace modhost_featurevis;
using namespace modhost_featurevis::test;

namespace {

// Row 0 has only units that are off, row 1 one that is on.
Tensor slopes(bool redirected, bool in_place) {
  const Tensor x = torch::tensor({{-1.0, -2.0, -3.0}, {-1.0, 2.0, -3.0}}, torch::kDouble);
  const Tensor weight = torch::tensor({4.0, -5.0, 6.0}, torch::kDouble);
  const Tensor free = x.clone().requires_grad_(true);
  Tensor y = free * 2;
  y = in_place ? y.relu_() : torch::relu(y);
  const Tensor loss = -(y * weight).sum();
  if (redirected) redirect_relus(loss, 2);
  loss.backward();
  return free.grad();
}

}  // namespace

TEST_CASE("a row without any gradient gets what turns units on", "[redirect]") {
  for (const bool in_place : {false, true}) {
    // The loss falls with units 0 and 2, not with unit 1. Row 1 has its true gradient.
    const Tensor expected = torch::tensor({{-8.0, 0.0, -12.0}, {0.0, 10.0, 0.0}}, torch::kDouble);
    CHECK(torch::equal(slopes(true, in_place), expected));
    Tensor plain = expected.clone();
    plain[0] = 0;
    CHECK(torch::equal(slopes(false, in_place), plain));
  }
}

TEST_CASE("gradients are redirected at each ReLU on the way", "[redirect]") {
  // Both layers are off: -1 -> 0 -> -1 + 2 * 0 -> 0.
  const Tensor free = torch::tensor({{-1.0}}, torch::kDouble).requires_grad_(true);
  const Tensor loss = -torch::relu(2 * torch::relu(free) - 1).sum();
  redirect_relus(loss, 1);
  loss.backward();
  CHECK(free.grad().item<double>() == -2);
}

TEST_CASE("dead units of a network are turned on", "[redirect]") {
  const auto net = mlp(5, 4, "relu");
  {
    const torch::NoGradGuard no_grad;
    Tensor shift = *find(net->state(), "a.bias");
    shift.fill_(-2.5);  // off in the middle of the range of inputs
  }
  const UnitNetwork network = all_groups(*net);
  for (const bool redirect : {false, true}) {
    AscentPlan plan;
    plan.objective = Objective::activation;
    plan.redirect = redirect;
    plan.steps = 100;
    plan.lr = 0.5;
    const Ascent ascent(*net, network, basis_of(net->signature()), plan);
    const auto found = ascent(group_named(network, "a"), {{{0, 1, 2}, 3}}, [](int64_t) {});
    CHECK((found[0].score > 0) == redirect);
  }
}
