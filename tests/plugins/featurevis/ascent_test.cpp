// Inputs that drive units most.
#include "ascent.h"

#include <modhost/error.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "nets.h"

using namespace modhost_featurevis;
using namespace modhost_featurevis::test;

namespace {

void nobody(int64_t) {}

std::vector<Wish> wishes_of(int64_t count, int64_t units, int64_t size) {
  std::vector<Wish> out;
  UnitSet all(static_cast<size_t>(units));
  std::iota(all.begin(), all.end(), 0);
  for (int64_t i = 0; i < count; ++i) {
    const auto seed = static_cast<uint64_t>(i);
    out.push_back({random_units(all, size, seed), seed + 1000});
  }
  return out;
}

// A net in double, looked at where `group` is; the gradient beside differences.
double worst_slope(const std::string& group, Objective objective, const Shake& shake) {
  const auto net = cnn(3, torch::kDouble);
  const UnitNetwork network = all_groups(*net);
  const InputBasis basis = basis_of(net->signature());
  AscentPlan plan;
  plan.objective = objective;
  plan.redirect = false;
  plan.shake = shake;
  const Ascent ascent(*net, network, basis, plan);
  const int64_t at = group_named(network, group);
  const std::vector<Wish> wishes = {{{0, 2, 3}, 7}, {{1}, 8}};
  const Tensor free = torch::stack({basis.drawn(7), basis.drawn(8)}).to(torch::kDouble) * 20;
  const auto [score, slope] = ascent.gradient(at, wishes, free, 0);
  const double step = 1e-6;
  double worst = 0;
  for (int64_t i = 0; i < 40; ++i) {
    const int64_t entry = i * 37 % free[0].numel();
    Tensor up = free.clone(), down = free.clone();
    up.view({2, -1}).select(1, entry) += step;
    down.view({2, -1}).select(1, entry) -= step;
    const Tensor difference =
        (ascent.gradient(at, wishes, up, 0).first - ascent.gradient(at, wishes, down, 0).first) /
        (2 * step);
    worst = std::max(worst, largest(difference, slope.view({2, -1}).select(1, entry)));
  }
  CHECK(slope.abs().max().item<double>() > 0.1);
  return worst;
}

}  // namespace

TEST_CASE("the gradient of an objective is that of finite differences", "[ascent]") {
  // Slopes are of order 1; differences of numbers of order 1 are right to 1e-16 / 1e-6.
  for (const std::string group : {"a", "b", "c"}) {
    for (const Objective objective : {Objective::magnitude, Objective::activation}) {
      CHECK(worst_slope(group, objective, {}) < 1e-7);
    }
  }
  CHECK(worst_slope("b", Objective::magnitude, {2, 0.1, 10}) < 1e-7);
}

TEST_CASE("the best input of a linear layer has the signs of the weights", "[ascent]") {
  const auto net = mlp(6, 5, "none");
  const UnitNetwork network = all_groups(*net);
  AscentPlan plan;
  plan.objective = Objective::activation;
  plan.steps = 400;
  plan.lr = 0.2;
  const Ascent ascent(*net, network, basis_of(net->signature()), plan);
  const UnitSet units = {1, 3, 4};
  const auto found = ascent(group_named(network, "a"), {{units, 1}}, nobody);
  const Tensor rows = find(net->state(), "a.weight")->index_select(0, torch::tensor(units));
  const Tensor shifts = find(net->state(), "a.bias")->index_select(0, torch::tensor(units));
  const Tensor best = torch::where(rows.sum(0) > 0, torch::tensor(2.0F), torch::tensor(-1.0F));
  CHECK(largest(found[0].input, best) < 0.01);
  const double score = ((rows * best).sum() + shifts.sum()).item<double>();
  CHECK(found[0].score < score + 1e-5);
  CHECK(found[0].score == Approx(score).epsilon(0.01));
}

TEST_CASE("units of one direction can be driven more than random ones", "[ascent]") {
  const auto net = mlp(40, 30, "relu");
  {
    const torch::NoGradGuard no_grad;
    Tensor weight = *find(net->state(), "a.weight");
    for (int64_t unit = 1; unit < 5; ++unit) {
      weight[unit] = weight[0] + 0.2 * normals({40}, 50 + static_cast<uint64_t>(unit));
    }
  }
  const UnitNetwork network = all_groups(*net);
  for (const Objective objective : {Objective::magnitude, Objective::activation}) {
    AscentPlan plan;
    plan.objective = objective;
    const Ascent ascent(*net, network, basis_of(net->signature()), plan);
    std::vector<Wish> wishes = wishes_of(20, 30, 5);
    wishes[0].units = {0, 1, 2, 3, 4};
    const auto found = ascent(group_named(network, "a"), wishes, nobody);
    for (size_t i = 1; i < found.size(); ++i) CHECK(found[0].score > 1.1 * found[i].score);
  }
}

TEST_CASE("an input has the same bits whatever else is optimised", "[ascent]") {
  const auto small = mlp(40, 30, "relu");
  const auto convolutions = cnn(3, torch::kFloat);
  for (Net* net : {small.get(), convolutions.get()}) {
    const UnitNetwork network = all_groups(*net);
    AscentPlan plan;
    plan.steps = 12;
    plan.at_once = 8;
    plan.shake = net == small.get() ? Shake{} : Shake{1, 0.1, 5};
    const Ascent ascent(*net, network, basis_of(net->signature()), plan);
    const int64_t group = group_named(network, net == small.get() ? "a" : "b");
    const std::vector<Wish> wishes = wishes_of(21, 6, 3);
    int64_t finished = 0;
    const auto all = ascent(group, wishes, [&](int64_t count) { finished += count; });
    CHECK(finished == 21 * 12);
    const std::vector<Wish> some(wishes.rbegin(), wishes.rbegin() + 11);
    const auto again = ascent(group, some, nobody);
    for (size_t i = 0; i < some.size(); ++i) {
      const Vision &one = all[20 - i], &other = again[i];
      CHECK(torch::equal(one.input, other.input));
      CHECK(one.score == other.score);
      CHECK(one.entropy == other.entropy);
      CHECK(one.dispersion == other.dispersion);
      CHECK(one.predicted == other.predicted);
    }
    plan.at_once = 1;
    plan.full = false;
    const auto alone = Ascent(*net, network, basis_of(net->signature()), plan)(group, some, nobody);
    for (size_t i = 0; i < some.size(); ++i) {
      CHECK(alone[i].score == Approx(again[i].score).epsilon(1e-3));
    }
  }
}

TEST_CASE("ascent raises the objective", "[ascent]") {
  const auto net = cnn(1, torch::kFloat);
  const UnitNetwork network = all_groups(*net);
  const std::vector<Wish> wishes = wishes_of(6, 5, 3);
  std::vector<double> before;
  for (const int64_t steps : {1, 4, 32}) {
    AscentPlan plan;
    plan.steps = steps;
    const auto found = Ascent(*net, network, basis_of(net->signature()), plan)(
        group_named(network, "a"), wishes, nobody);
    for (size_t i = 0; i < before.size(); ++i) CHECK(found[i].score > before[i]);
    before.clear();
    for (const Vision& own : found) before.push_back(own.score);
    CHECK(found[0].input.sizes().vec() == std::vector<int64_t>{1, 8, 6});
    CHECK(found[0].input.min().item<double>() >= -1);
    CHECK(found[0].input.max().item<double>() <= 2);
  }
}

TEST_CASE("entropy of predictions by hand", "[ascent]") {
  const Tensor logits =
      torch::tensor({{0.0, 0.0}, {std::log(3.0), 0.0}, {1000.0, -1000.0}}, torch::kDouble);
  const Tensor found = prediction_entropy(logits);
  CHECK(found[0].item<double>() == Approx(std::log(2.0)));
  CHECK(found[1].item<double>() == Approx(-0.75 * std::log(0.75) - 0.25 * std::log(0.25)));
  CHECK(found[2].item<double>() == 0);
  const Tensor places = prediction_entropy(logits.view({1, 3, 2}));
  CHECK(places.sizes().vec() == std::vector<int64_t>{1});
  CHECK(places[0].item<double>() == Approx(found.mean().item<double>()));
  const double none = -INFINITY;
  CHECK(prediction_entropy(torch::tensor({{0.0, none}}, torch::kDouble))[0].item<double>() == 0);
}

TEST_CASE("dispersion and objectives by hand", "[ascent]") {
  const Tensor values = torch::tensor({{1.0, 3.0, 100.0}, {-2.0, 5.0, 4.0}}, torch::kDouble);
  const Tensor chosen = torch::tensor({{1.0, 1.0, 0.0}, {1.0, 1.0, 1.0}}, torch::kDouble);
  const Tensor found = dispersion_of(values, chosen);
  CHECK(found[0].item<double>() == Approx(1));
  CHECK(found[1].item<double>() == Approx(std::sqrt((4 + 25 + 16) / 3.0 - 49 / 9.0)));
  const Tensor magnitude = objective_of(Objective::magnitude, values, chosen);
  CHECK(magnitude[1].item<double>() == Approx(11));
  CHECK(objective_of(Objective::activation, values, chosen)[1].item<double>() == Approx(7));
  CHECK(magnitude[0].item<double>() == Approx(4));
}

TEST_CASE("an ascent can be stopped", "[ascent]") {
  const auto net = mlp(4, 6, "relu");
  const UnitNetwork network = all_groups(*net);
  StopSignal stop;
  AscentPlan plan;
  plan.stop = &stop;
  const Ascent ascent(*net, network, basis_of(net->signature()), plan);
  int64_t steps = 0;
  const auto after_three = [&](int64_t) {
    if (++steps == 3) stop.request();
  };
  CHECK_THROWS_AS(ascent(group_named(network, "a"), wishes_of(2, 6, 3), after_three), Error);
  CHECK(steps == 3);
}
