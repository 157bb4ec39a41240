// What is taken out of networks, by hand.
#include "cuts.h"

#include <modhost/error.h>

#include <catch2/catch.hpp>

#include "unit_metric.h"
#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;
using namespace modhost_sculpting;

namespace {

NamedTensors state_of(const ModelBase& model) {
  NamedTensors out;
  for (const auto& [name, tensor] : model.state()) out.emplace_back(name, tensor.detach().clone());
  return out;
}

// 2 inputs, layers of 3 and 2 hidden units, 1 output; all weights 1, biases 0.5.
struct TwoLayers : Net {
  TwoLayers() : Net(of_features(2, 1)) {
    push<nn::LinearLayer>(-1, {}, "a", 2, 3);
    push<nn::LinearLayer>(-1, {}, "b", 3, 2);
    push<nn::LinearLayer>(-1, {}, "c", 2, 1);
    const torch::NoGradGuard no_grad;
    for (auto& [name, tensor] : state()) Tensor(tensor).fill_(tensor.dim() == 1 ? 0.5 : 1.0);
  }
};

Tensor kept(const Networks& networks, const std::string& name, int64_t position = 0) {
  const Tensor* found = find(networks.kept, name);
  REQUIRE(found != nullptr);
  return (*found)[position].to(torch::kLong);
}

Tensor value(const Networks& networks, const std::string& name, int64_t position = 0) {
  const Tensor* found = find(networks.values, name);
  REQUIRE(found != nullptr);
  return (*found)[position];
}

}  // namespace

TEST_CASE("a unit's mean activation counts times the weights out of it that are left", "[cuts]") {
  struct Rows : Source {  // (0, 0) and (1, 1)
    int64_t size() const override { return 2; }
    Batch load(const std::vector<int64_t>& indices) const override {
      const Tensor rows = torch::tensor(indices).to(torch::kFloat).unsqueeze(1).expand({-1, 2});
      return {rows.contiguous(), torch::zeros({rows.size(0)}, torch::kLong)};
    }
  };
  TwoLayers net;
  {
    const torch::NoGradGuard no_grad;
    for (auto& [name, tensor] : net.state()) {
      if (name == "b.weight") Tensor(tensor).copy_(torch::tensor({{1., -2., 3.}, {1., 4., -5.}}));
    }
  }
  const Cutter cutter(net);
  Networks networks = cutter.whole({state_of(net), state_of(net)});
  // Of the second network the largest weight is not there any more.
  tensor_of(networks.kept, "b.weight")[1][1][2] = false;
  tensor_of(networks.values, "b.weight")[1][1][2] = 0;
  const auto scores =
      unit_scores(cutter, networks, Rows(), UnitMetric::activation_weight, ScoreNorm::none, {});
  // Units of the first layer give 0.5 and 2.5; weights out of them (1 + 1)/2, (2 + 4)/2, (3 + 5)/2.
  // Of the second layer: 2a + 0.5 and 0a + 0.5, a weight of 1 each.
  CHECK(scores[0] == std::vector<double>{1.5, 4.5, 6, 3.5, 0.5});
  CHECK(scores[1] == std::vector<double>{1.5, 4.5, 4.5, 3.5, 8});  // the last is 5a + 0.5
}

TEST_CASE("percentiles are those of numpy", "[cuts]") {
  // numpy.percentile([3, 1, 2, 10], p)
  CHECK(percentile({3, 1, 2, 10}, 0) == 1);
  CHECK(percentile({3, 1, 2, 10}, 30) == Approx(1.9).epsilon(1e-14));
  CHECK(percentile({3, 1, 2, 10}, 50) == 2.5);
  CHECK(percentile({3, 1, 2, 10}, 87.5) == Approx(7.375).epsilon(1e-14));
  CHECK(percentile({3, 1, 2, 10}, 100) == 10);
  CHECK(percentile({7}, 40) == 7);
}

TEST_CASE("scores of a layer are normalised without those that are 0", "[cuts]") {
  const std::vector<double> scores = {1, 0, 3};
  CHECK(normalized_scores(scores, ScoreNorm::none, 2, 4) == scores);
  CHECK(normalized_scores(scores, ScoreNorm::sum_scores, 2, 4) ==
        std::vector<double>{0.25, 0, 0.75});
  CHECK(normalized_scores(scores, ScoreNorm::mean, 2, 4) == std::vector<double>{-1, 0, 1});
  CHECK(normalized_scores(scores, ScoreNorm::prev_num_units, 2, 4) ==
        std::vector<double>{0.25, 0, 0.75});
  CHECK(normalized_scores(scores, ScoreNorm::num_units, 2, 4) == std::vector<double>{2, 0, 6});
  const double deviation = std::sqrt(2.0);
  const auto by_deviation = normalized_scores(scores, ScoreNorm::std, 2, 4);
  CHECK(by_deviation[2] == Approx(3 / deviation));
  const auto standard = normalized_scores(scores, ScoreNorm::mean_std, 2, 4);
  CHECK(standard[0] == Approx(-1 / deviation));
  CHECK(normalized_scores({5, 0}, ScoreNorm::mean_std, 1, 4) == std::vector<double>{0, 0});
  CHECK(normalized_scores({0, 0}, ScoreNorm::sum_scores, 0, 4) == std::vector<double>{0, 0});
}

TEST_CASE("a unit goes with all its weights and its bias", "[cuts]") {
  TwoLayers net;
  const Cutter cutter(net);
  CHECK(cutter.hidden_units() == 5);
  CHECK(cutter.weights() == 14);
  Networks networks = cutter.whole({state_of(net), state_of(net)});
  // The first loses one unit of the first layer; the second one of each.
  cutter.cut_units(networks, {{0.1, 5, 4, 3, 2}, {9, 8, 0.2, 7, 0.1}}, {10, 40});
  CHECK(torch::equal(kept(networks, "a.weight"), torch::tensor({{0, 0}, {1, 1}, {1, 1}})));
  CHECK(torch::equal(kept(networks, "a.bias"), torch::tensor({0, 1, 1})));
  CHECK(torch::equal(kept(networks, "b.weight"), torch::tensor({{0, 1, 1}, {0, 1, 1}})));
  CHECK(torch::equal(kept(networks, "b.bias"), torch::tensor({1, 1})));
  CHECK(value(networks, "a.bias")[0].item<double>() == 0);
  CHECK(value(networks, "a.weight")[0].abs().sum().item<double>() == 0);
  CHECK(torch::equal(kept(networks, "b.weight", 1), torch::tensor({{1, 1, 0}, {0, 0, 0}})));
  CHECK(torch::equal(kept(networks, "c.weight", 1), torch::tensor({{1, 0}})));
  CHECK(cutter.kept_weights(networks, 0) == 10);
  CHECK(cutter.pruned_percent(networks, 0) == Approx(400.0 / 14));
  CHECK(cutter.live_units(networks, 0) == 4);
  CHECK(cutter.live_units(networks, 1) == 3);
}

TEST_CASE("floor((U - 1) P / 100) + 1 units go, without ties", "[cuts]") {
  TwoLayers net;
  const Cutter cutter(net);
  for (const auto& [percent, gone] : std::vector<std::pair<double, int64_t>>{
           {0, 1}, {24, 1}, {25, 2}, {49, 2}, {50, 3}, {99, 4}, {100, 5}}) {
    Networks networks = cutter.whole({state_of(net)});
    cutter.cut_units(networks, {{1, 2, 3, 4, 5}}, {percent});
    int64_t left = 0;
    for (const auto& [name, units] : networks.units) left += units.sum().item<int64_t>();
    INFO(percent);
    CHECK(5 - left == gone);
  }
}

TEST_CASE("the smallest weights of all layers together go, and biases of units without any",
          "[cuts]") {
  TwoLayers net;
  const torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : net.state()) {
    if (name == "a.weight") Tensor(tensor).copy_(torch::tensor({{1., -2.}, {.1, .2}, {3., 4.}}));
    if (name == "b.weight") Tensor(tensor).copy_(torch::tensor({{5., 6., 7.}, {.3, -.4, 8.}}));
    if (name == "c.weight") Tensor(tensor).copy_(torch::tensor({{9., 0.}}));
  }
  const Cutter cutter(net);
  Networks networks = cutter.whole({state_of(net)});
  CHECK(torch::equal(kept(networks, "c.weight"), torch::tensor({{1, 0}})));  // 0: not there
  cutter.cut_edges(networks, {100.0 * 4 / 13});  // up to the fifth of 14: 0.4
  CHECK(torch::equal(kept(networks, "a.weight"), torch::tensor({{1, 1}, {0, 0}, {1, 1}})));
  CHECK(torch::equal(kept(networks, "b.weight"), torch::tensor({{1, 1, 1}, {0, 0, 1}})));
  CHECK(torch::equal(kept(networks, "a.bias"), torch::tensor({1, 0, 1})));
  CHECK(torch::equal(kept(networks, "c.bias"), torch::tensor({1})));
  CHECK(cutter.kept_weights(networks, 0) == 9);
  CHECK(cutter.live_units(networks, 0) == 3);  // nothing feeds a's second, nothing reads b's second
}

TEST_CASE("channels and recurrent units go with all their taps and gates", "[cuts]") {
  Net image(of_images({1, 4, 4}, 2));
  image.push<nn::Conv2dLayer>(0, {}, "a", 1, 3, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  image.push<nn::FlattenLayer>(0, {}, "flat");
  image.push<nn::LinearLayer>(-1, {}, "b", 48, 2);
  image.initialize(1);
  const Cutter cutter(image);
  CHECK(cutter.hidden_units() == 3);
  Networks networks = cutter.whole({state_of(image)});
  cutter.cut_units(networks, {{3, 1, 2}}, {10});
  CHECK(kept(networks, "a.weight").flatten(1).sum(1).equal(torch::tensor({9, 0, 9})));
  CHECK(
      kept(networks, "b.weight").view({2, 3, 16}).sum(2).sum(0).equal(torch::tensor({32, 0, 32})));
  CHECK(kept(networks, "a.bias").equal(torch::tensor({1, 0, 1})));
}

TEST_CASE("weights that several units share stay as long as one of these does", "[cuts]") {
  Net net(of_features(2, 1));
  net.add<nn::LinearLayer>("a", 2, 4);
  net.add<nn::LinearLayer>("shared", 2, 1);
  net.add<nn::LinearLayer>("out", 2, 1);
  net.join("", "a", joint::same(2));
  net.join("a", "shared", joint::chunked(4, 2));  // units 0 and 2 at input 0, 1 and 3 at input 1
  net.join("shared", "out", {{0, 0}, {0, 1}});
  net.initialize(1);
  const Cutter cutter(net);
  CHECK(cutter.hidden_units() == 5);
  Networks networks = cutter.whole({state_of(net), state_of(net)});
  // The first loses units 1 and 2: each input keeps one. The second loses 0 and 2.
  cutter.cut_units(networks, {{9, 1, 1, 9, 9}, {1, 9, 1, 9, 9}}, {25, 25});
  CHECK(kept(networks, "a.weight").equal(torch::tensor({{1, 1}, {0, 0}, {0, 0}, {1, 1}})));
  CHECK(kept(networks, "shared.weight").equal(torch::tensor({{1, 1}})));
  CHECK(cutter.live_units(networks, 0) == 3);
  CHECK(kept(networks, "shared.weight", 1).equal(torch::tensor({{0, 1}})));
  CHECK(cutter.live_units(networks, 1) == 3);
  CHECK(kept(networks, "out.weight", 1).equal(torch::tensor({{1, 1}})));
}

TEST_CASE("a single layer has no hidden units, and a model without weights is refused", "[cuts]") {
  Net flat(of_features(2, 1));
  flat.push<nn::LinearLayer>(-1, {}, "a", 2, 1);
  CHECK(Cutter(flat).hidden_units() == 0);
  Net none(of_features(2, 2));
  none.push<nn::DropoutLayer>(-1, {}, "drop", 0.5);
  CHECK_THROWS_WITH(Cutter(none), Catch::Contains("nothing can be pruned"));
}
