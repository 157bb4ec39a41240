// From networks to layers of units with edges, and what of them is alive.
#include "wired.h"

#include <modhost/error.h>

#include <catch2/catch.hpp>

#include "unit_features.h"
#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;
using namespace modhost_sculpting;

namespace {

UnitNetwork apart(const ModelBase& model, bool sums = false) {
  UnitChoice choice;
  choice.kinds = UnitKinds::all;
  choice.sums = sums;
  return unit_network(model, choice);
}

void put(Net& net, const std::string& name, const Tensor& values) {
  const torch::NoGradGuard no_grad;
  for (auto& [own, tensor] : net.state()) {
    if (own == name) tensor.copy_(values.view_as(tensor));
  }
}

// 2-3-2-2, every edge there.
Wired full() {
  Wired out;
  for (const int64_t units : {2, 3, 2, 2}) out.layers.push_back({"l", units});
  out.edges.push_back({0, 1, std::vector<double>(6, 1)});
  out.edges.push_back({1, 2, std::vector<double>(6, 1)});
  out.edges.push_back({2, 3, std::vector<double>(4, 1)});
  return out;
}

}  // namespace

TEST_CASE("strengths are sums of |w| above the threshold", "[wired]") {
  Net net(of_images({1, 4, 4}, 2));
  net.push<nn::Conv2dLayer>(0, {}, "a", 1, 2, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net.push<nn::GlobalAvgPoolLayer>(0, {}, "mean");
  net.push<nn::LinearLayer>(-1, {}, "b", 2, 2);
  put(net, "a.weight",
      torch::tensor({1., -1., 0.5, 0., 0., 0., 0., 0., 0., 0.2, 0., 0., 0., 0., 0., 0., 0., 0.}));
  put(net, "b.weight", torch::tensor({0.4, -3., 0., 2.}));
  const Wired found = wired(apart(net), 0.3);
  REQUIRE(found.layers.size() == 3);
  REQUIRE(found.edges.size() == 2);
  CHECK(found.edges[0].strength == std::vector<double>{2.5, 0});
  CHECK(found.edges[1].strength[0] == Approx(0.4));
  CHECK(found.edges[1].strength[1] == 3);
  const Alive alive = alive_units(found);
  CHECK(alive[1] == std::vector<char>{1, 0});  // nothing reaches the second channel
  const Wired live = condensed(found, alive);
  CHECK(live.layers[1].units == 1);
  REQUIRE(live.edges[1].strength.size() == 2);
  CHECK(live.edges[1].strength[1] == 0);
}

TEST_CASE("units die in turn until nothing changes, outputs never", "[wired]") {
  Wired net = full();
  // The only way into unit 0 of the third layer is from a unit that nothing feeds.
  net.edges[0].strength = {0, 0, 1, 1, 1, 1};
  net.edges[1].strength = {1, 0, 0, 0, 1, 1};
  net.edges[2].strength = {1, 0, 0, 1};
  const Alive alive = alive_units(net);
  CHECK(alive[0] == std::vector<char>{1, 1});
  CHECK(alive[1] == std::vector<char>{0, 1, 1});
  CHECK(alive[2] == std::vector<char>{0, 1});
  CHECK(alive[3] == std::vector<char>{1, 1});
  for (Edges& edges : net.edges) edges.strength.assign(edges.strength.size(), 0);
  const Alive none = alive_units(net);
  CHECK(none[0] == std::vector<char>{0, 0});
  CHECK(none[3] == std::vector<char>{1, 1});
}

TEST_CASE("layers around a residual connection have an order", "[wired]") {
  Net net(of_features(4, 2));
  net.push<nn::LinearLayer>(-1, {}, "a", 4, 5);
  net.push<nn::LinearLayer>(-1, {}, "b", 5, 5);
  net.push<nn::LinearLayer>(-1, {"a", "b"}, "c", 5, 2);
  const Wired found = wired(apart(net), 0);
  REQUIRE(found.layers.size() == 4);
  CHECK(found.edges.size() == 4);  // input-a, a-b, a-c, b-c
  for (const Edges& edges : found.edges) CHECK(edges.from < edges.to);
  // As one group, a and b feed themselves: such edges are left out.
  const Wired one = wired(apart(net, true), 0);
  CHECK(one.layers.size() == 3);
  CHECK(one.edges.size() == 2);
}

TEST_CASE("features say what is reached in so many steps", "[features]") {
  Wired net = full();
  net.edges[0].strength = {1, 0, 1, 0, 0, 2};  // input 0 to units 0, 1; input 1 to unit 2
  net.edges[1].strength = {1, 0, 0, 0, 0, 3};  // unit 0 to 0, unit 2 to 1
  net.edges[2].strength = {1, 0, 0, 4};
  const auto row = [](const Features& from, size_t unit) {
    std::vector<int> out;
    for (size_t i = 0; i < from.columns(); ++i) out.push_back(from.bit(unit, i) ? 1 : 0);
    return out;
  };
  const auto all = features_of(net, 3, Direction::outgoing, false);
  CHECK(row(all[0], 0) == std::vector<int>{1, 1, 0, 1, 0, 1, 0});
  CHECK(row(all[0], 1) == std::vector<int>{0, 0, 1, 0, 1, 0, 1});
  const auto two = features_of(net, 2, Direction::outgoing, false);
  CHECK(row(two[0], 0) == std::vector<int>{1, 1, 0, 1, 0, 0, 0});
  const auto before = features_of(net, 3, Direction::incoming, false);
  CHECK(row(before[2], 1) == std::vector<int>{0, 1, 0, 0, 1});
  CHECK(row(before[0], 0) == row(all[0], 0));  // inputs have nothing before them
  const auto both = features_of(net, 3, Direction::both, false);
  CHECK(row(both[1], 0) == std::vector<int>{1, 0, 1, 0, 1, 0});
  const auto weighted = features_of(net, 3, Direction::outgoing, true);
  CHECK(weighted[0].value(1, 2) == 2);
  CHECK(weighted[0].value(1, 4) == 6);
  CHECK(weighted[0].value(1, 6) == 24);
  // cos of (1, 1) and (1, 0) rows, and of rows without anything in common.
  const auto distances = all[0].cosine_distances();
  CHECK(distances == std::vector<double>{0, 1, 1, 0});
  CHECK(all[1].common(0, 1) == 0);
}
