// Correlations within and between clusters, and within layers, by hand.
#include <catch2/catch.hpp>

#include "activations.h"
#include "report.h"

using namespace modhost;
using namespace modhost_spectral;

TEST_CASE("each pair of units counts once, and units without cluster or edges not at all",
          "[activations]") {
  UnitGraph graph;
  graph.groups = {{"a", 4}, {"b", 2}};
  const Tensor within = torch::zeros({4, 4}, torch::kDouble);
  within[1][0] = 0.8;
  within[0][2] = 0.2;  // above the diagonal
  within[2][1] = 0.4;
  graph.blocks = {{0, 0, within}, {0, 1, torch::zeros({2, 4}, torch::kDouble)}};
  graph.blocks[1].weights[0][0] = 0.5;  // unit 4 with unit 0; unit 5 and unit 3 have no edge
  const PairMeans means = pair_means(graph, {0, 0, 1, 0, 1, 1});
  // Within: (0, 1) 0.8, (2, 4) 0. Between: (0, 2) 0.2, (1, 2) 0.4, (0, 4) 0.5, (1, 4) 0.
  CHECK(means.within == Approx(0.4));
  CHECK(means.between == Approx(0.275));
  const PairMeans fewer = pair_means(graph, {0, 0, kNoCluster, 0, 1, 1});
  CHECK(fewer.within == Approx(0.8));
  CHECK(fewer.between == Approx(0.25));
  const PairMeans none = pair_means(graph, {kNoCluster, 0, kNoCluster, 0, kNoCluster, 1});
  CHECK(none.within == 0);
  CHECK(none.between == 0);
}

TEST_CASE("the edges within a layer are those of the layer alone", "[activations]") {
  UnitGraph graph;
  graph.groups = {{"a", 2}, {"b", 3}};
  const Tensor within = torch::rand({3, 3}, torch::kDouble);
  graph.blocks = {{0, 0, torch::rand({2, 2}, torch::kDouble)},
                  {0, 1, torch::rand({3, 2}, torch::kDouble)},
                  {1, 1, within}};
  const UnitGraph alone = group_graph(graph, 1);
  REQUIRE(alone.groups.size() == 1);
  CHECK(alone.groups[0].name == "b");
  REQUIRE(alone.blocks.size() == 1);
  CHECK(alone.blocks[0].from == 0);
  CHECK(alone.blocks[0].to == 0);
  CHECK(torch::equal(alone.blocks[0].weights, within));
}

TEST_CASE("the ratio of weight inside to outside follows from the n-cut", "[spectral]") {
  CHECK(inside_to_outside(2, 4) == Approx(0.5));
  CHECK(inside_to_outside(0.4, 4) == Approx(4.5));
}
