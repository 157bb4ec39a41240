// Networks with hardly anything left, and networks that feed themselves.
#include <modhost/error.h>

#include <catch2/catch.hpp>

#include "drawing.h"
#include "edge_products.h"
#include "module_graph.h"
#include "modules.h"

using namespace modhost;
using namespace modhost_sculpting;
using Labels = std::vector<std::vector<int64_t>>;

namespace {

UnitKernel kernel(int64_t from, int64_t to, const std::vector<double>& weights) {
  UnitKernel out;
  out.from = from;
  out.to = to;
  out.parameter = "w";
  const auto columns = static_cast<int64_t>(weights.size()) / 2;
  out.weights = torch::tensor(weights, torch::kDouble).view({2, columns, 1});
  return out;
}

// Groups of two units each.
UnitNetwork network(const std::vector<std::string>& names, std::vector<UnitKernel> kernels) {
  UnitNetwork out;
  for (const std::string& name : names) out.groups.push_back({name, 2});
  out.kernels = std::move(kernels);
  return out;
}

Wired two_layers(const std::vector<double>& first, const std::vector<double>& second) {
  Wired out;
  out.layers = {{"in", 2}, {"hidden", 2}, {"out", 2}};
  out.edges = {{0, 1, first}, {1, 2, second}};
  return out;
}

void check_pictures(const Detection& found) {
  for (const std::string& picture : {network_drawing(found), hierarchy_drawing(found)}) {
    CHECK(picture.find("nan") == std::string::npos);
    CHECK(picture.find("inf") == std::string::npos);
    CHECK(picture.rfind("</svg>\n") == picture.size() - 7);
  }
}

}  // namespace

TEST_CASE("a layer with one live unit is one module", "[degenerate]") {
  const Detection found = detect_modules(two_layers({1, 1, 0, 0}, {1, 0, 1, 0}), {});
  CHECK(found.modules == Labels{{0, 0}, {0, -1}, {0, 0}});
  CHECK(found.layers[1].clusters == 1);
  CHECK_FALSE(found.layers[1].asked);
  check_pictures(found);
}

TEST_CASE("an output without edges is a module of its own", "[degenerate]") {
  const Detection found = detect_modules(two_layers({1, 0, 0, 1}, {1, 1, 0, 0}), {});
  CHECK(found.alive.back() == std::vector<char>{1, 1});
  CHECK(found.modules.back()[0] != found.modules.back()[1]);
  CHECK(levels_of(found)[static_cast<size_t>(found.modules.back()[1])] == 0);
  for (const auto& [pair, edges] : found.links) {
    CHECK(pair.first != found.modules.back()[1]);
    CHECK(pair.second != found.modules.back()[1]);
  }
  check_pictures(found);
}

TEST_CASE("a network without a path has outputs only", "[degenerate]") {
  const Detection found = detect_modules(two_layers({0, 0, 0, 0}, {1, 1, 1, 1}), {});
  CHECK(found.modules == Labels{{-1, -1}, {-1, -1}, {0, 1}});
  CHECK(found.layers[1].clusters == 0);
  CHECK(found.links.empty());
  CHECK(inside_share(found.live, live_modules(found)) == 0);
  check_pictures(found);
  CHECK(edge_products(found.live).values.empty());
  CHECK(edge_products(two_layers({0, 0, 0, 0}, {1, 1, 1, 1})).values ==
        std::vector<double>{0, 0, 0, 0});
}

TEST_CASE("answers that are fed back are left out as recurrent edges are", "[degenerate]") {
  const UnitNetwork net =
      network({"in", "again", "middle", "out"},
              {kernel(0, 2, {1, 0, 0, 1}), kernel(1, 2, {2, 0, 0, 2}), kernel(2, 2, {9, 9, 9, 9}),
               kernel(2, 3, {3, 0, 0, 3}), kernel(3, 1, {4, 4, 4, 4})});
  const Wired found = wired(net, 0);
  REQUIRE(found.layers.size() == 4);
  CHECK(found.edges.size() == 3);
  CHECK_FALSE(found.has_edges_into(1));
  CHECK_FALSE(found.has_edges_out_of(3));
}

TEST_CASE("layers in a circle are named", "[degenerate]") {
  const UnitNetwork net =
      network({"in", "a", "b", "c", "out"},
              {kernel(0, 1, {1, 0, 0, 1}), kernel(1, 2, {1, 0, 0, 1}), kernel(2, 3, {1, 0, 0, 1}),
               kernel(3, 1, {1, 0, 0, 1}), kernel(3, 4, {1, 0, 0, 1})});
  try {
    wired(net, 0);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.full().find("no order: 'a' -> 'b' -> 'c' -> 'a'; leave some out") !=
          std::string::npos);
  }
}

TEST_CASE("each layer may have a threshold of its own", "[degenerate]") {
  const UnitNetwork net = network({"in", "middle", "out"},
                                  {kernel(0, 1, {10, 20, 30, 40}), kernel(1, 2, {.1, .2, .3, .4})});
  const Wired found = wired(net, {25.0, 0.25});
  CHECK(found.edges[0].strength == std::vector<double>{0, 0, 30, 40});
  CHECK(found.edges[1].strength == std::vector<double>{0, 0, 0.3, 0.4});
}
