// The weight dependency graph of a network that can be computed by hand.
#include "weight_paths.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;
using namespace modhost_lesion;

namespace {

// Hidden layers a 3, b 2, c 2; b's second unit is not read by c.
struct Chain3 {
  Net net{of_features(2, 2)};
  UnitNetwork network;
  std::vector<LayerClusters> layers;

  Chain3() {
    net.push<nn::LinearLayer>(-1, {}, "a", 2, 3);
    net.push<nn::LinearLayer>(-1, {}, "b", 3, 2);
    net.push<nn::LinearLayer>(-1, {}, "c", 2, 2);
    net.push<nn::LinearLayer>(-1, {}, "out", 2, 2);
    net.to(torch::kDouble);
    set("b.weight", torch::tensor({{1., -2., 3.}, {-4., 5., -6.}}, torch::kDouble));
    set("c.weight", torch::tensor({{-7., 0.}, {0.5, 0.}}, torch::kDouble));
    network = unit_network(net, {UnitKinds::all, {}, {}, {}, true});
    // a: {0, 2} and {1}; b: {0} and {1}; c: {0} and {1}
    layers = sub_clusters(network, network.groups, {0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1});
  }
  void set(const std::string& name, const Tensor& values) {
    const torch::NoGradGuard no_grad;
    find(net.state(), name)->copy_(values);
  }
  std::map<std::vector<size_t>, WeightPath> paths(bool mean) const {
    std::map<std::vector<size_t>, WeightPath> out;
    for (const WeightPath& own : weight_paths(net, network, layers, mean)) {
      out[{own.x_layer, own.x, own.y_layer, own.y}] = own;
    }
    return out;
  }
};

}  // namespace

TEST_CASE("scores of paths are products of sums of weights", "[paths]") {
  const Chain3 chain;
  REQUIRE(chain.layers.size() == 3);
  const auto found = chain.paths(false);
  CHECK(found.size() == 12);
  const auto check = [&](const std::vector<size_t>& key, double direct, double score,
                         double normalised) {
    const WeightPath& own = found.at(key);
    CHECK(own.direct == Approx(direct));
    CHECK(own.score == Approx(score));
    CHECK(own.normalised == Approx(normalised));
  };
  check({0, 0, 1, 0}, 1 + 3, 4, 0.4);  // a0, a2 -> b0
  check({0, 0, 1, 1}, 4 + 6, 10, 1);
  check({0, 1, 1, 0}, 2, 2, 0.2);
  check({0, 1, 1, 1}, 5, 5, 0.5);
  check({1, 0, 2, 0}, 7, 7, 1);
  check({1, 1, 2, 0}, 0, 0, 0);
  // Through b: 4 * 7 + 10 * 0, and so on.
  check({0, 0, 2, 0}, 0, 28, 1);
  check({0, 0, 2, 1}, 0, 2, 2. / 28);
  check({0, 1, 2, 0}, 0, 14, 0.5);
  check({0, 1, 2, 1}, 0, 1, 1. / 28);
  const auto means = chain.paths(true);
  CHECK(means.at({0, 0, 1, 1}).direct == Approx(5));
  CHECK(means.at({0, 0, 2, 0}).score == Approx(2 * 7));
}

TEST_CASE("a direct connection past a layer is added to the paths through it", "[paths]") {
  // c reads b, and a's outputs too: two inputs from b, then three from a.
  Net net(of_features(2, 2));
  net.add<nn::LinearLayer>("a", 2, 3);
  net.add<nn::LinearLayer>("b", 3, 2);
  net.add<nn::LinearLayer>("c", 5, 1);
  net.add<nn::LinearLayer>("out", 1, 2);
  net.join("", "a", joint::same(2));
  net.join("a", "b", joint::same(3));
  net.join("b", "c", joint::same(2));
  net.join("a", "c", {{0, 2}, {1, 3}, {2, 4}});
  net.join("c", "out", joint::same(1));
  const torch::NoGradGuard no_grad;
  find(net.state(), "b.weight")->copy_(torch::tensor({{1., 1., 1.}, {2., 2., 2.}}));
  find(net.state(), "c.weight")->copy_(torch::tensor({{1., -10., 100., 0., 0.}}));
  const UnitNetwork network = unit_network(net, {UnitKinds::all, {}, {}, {}, true});
  const UnitLabels labels(2 + 3 + 2 + 1 + 2, 0);
  const auto layers = sub_clusters(network, network.groups, labels);
  for (const WeightPath& own : weight_paths(net, network, layers, false)) {
    if (layers[own.x_layer].name != "a" || layers[own.y_layer].name != "c") continue;
    CHECK(own.direct == Approx(100));
    CHECK(own.score == Approx(100 + 9 * 11));
  }
}

TEST_CASE("agreement of dependencies", "[paths]") {
  const Agreement found =
      agreement({{true, 1}, {true, 0.2}, {false, 1}, {false, 0.1}, {false, 0.2}}, 0.99);
  CHECK(found.both == 1);
  CHECK(found.only_lesions == 1);
  CHECK(found.only_paths == 1);
  CHECK(found.neither == 2);
  CHECK(found.share() == Approx(0.6));
  // 1 against 1, 0.1, 0.2: 2.5 of 3; 0.2 against them: 1.5 of 3.
  CHECK(found.ranking == Approx(4. / 6));
  CHECK(std::isnan(agreement({{true, 1}}, 0.5).ranking));
  CHECK(agreement({}, 0.5).share() == 0);
}
