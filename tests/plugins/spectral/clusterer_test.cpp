// The clusters of a whole network and of three layers at a time.
#include "clusterer.h"

#include <modhost/clustering.h>
#include <modhost/random.h>
#include <modhost/unit_network.h>

#include <catch2/catch.hpp>
#include <set>

using namespace modhost;
using namespace modhost_spectral;

namespace {

// Units of a layer belong to module unit % modules; weights between modules are `between` as large.
UnitGraph modular(const std::vector<int64_t>& widths, int64_t modules, uint64_t seed,
                  double between = 0.1) {
  RandomStream random(seed);
  UnitGraph graph;
  for (const int64_t width : widths) graph.groups.push_back({"layer", width});
  for (size_t i = 0; i + 1 < widths.size(); ++i) {
    const Tensor weights = torch::zeros({widths[i + 1], widths[i]}, torch::kDouble);
    auto* values = weights.data_ptr<double>();
    for (int64_t at = 0; at < weights.numel(); ++at) {
      const bool same = at / widths[i] % modules == at % widths[i] % modules;
      values[at] = random.uniform() * (same ? 1 : between);
    }
    graph.blocks.push_back({static_cast<int64_t>(i), static_cast<int64_t>(i + 1), weights});
  }
  return graph;
}

std::vector<int64_t> layer_of(const UnitGraph& graph, const UnitLabels& labels, size_t group) {
  const std::vector<int64_t> offsets = graph.offsets();
  return {labels.begin() + offsets[group], labels.begin() + offsets[group + 1]};
}

// Two layers of weights of `graph`, from its layer `first` on.
UnitGraph three_layers(const UnitGraph& graph, size_t first) {
  UnitGraph out;
  for (size_t i = first; i < first + 3; ++i) out.groups.push_back(graph.groups[i]);
  out.blocks = {{0, 1, graph.blocks[first].weights}, {1, 2, graph.blocks[first + 1].weights}};
  return out;
}

}  // namespace

TEST_CASE("local clusters are those of three layers alone, and their n-cut the mean",
          "[clusterer]") {
  const UnitGraph graph = modular({12, 15, 9, 12, 6}, 3, 1);
  SpectralMethodOptions options;
  options.clusters.set(3);
  options.local.set("same");
  const Clusterer clusterer(options, graph, 5);
  const Clusters& own = clusterer.own();
  double sum = 0;
  std::set<int64_t> seen;
  for (size_t i = 0; i < 3; ++i) {
    const auto alone = spectral_clustering(three_layers(graph, i), options.spectral(5));
    sum += alone.ncut;
    const auto here = layer_of(graph, own.labels, i + 1);
    CHECK(normalized_mutual_information(here, layer_of(three_layers(graph, i), alone.labels, 1)) ==
          Approx(1));
    for (const int64_t label : here) seen.insert(label);
  }
  CHECK(own.ncut == Approx(sum / 3));
  CHECK(clusterer.tested_ncut() == own.ncut);
  CHECK(clusterer(graph, 5).ncut == own.ncut);
  CHECK(seen.size() == 9);  // labels of one layer have nothing to do with those of another
  // The ends are read from the graphs next to them.
  const auto first = spectral_clustering(three_layers(graph, 0), options.spectral(5));
  CHECK(normalized_mutual_information(layer_of(graph, own.labels, 0),
                                      layer_of(three_layers(graph, 0), first.labels, 0)) ==
        Approx(1));
}

TEST_CASE("aligned clusters go through the layers of a modular network", "[clusterer]") {
  const UnitGraph graph = modular({12, 15, 9, 12, 6}, 3, 2);
  SpectralMethodOptions options;
  options.clusters.set(3);
  options.local.set("same");
  options.align.set(true);
  options.validate();
  const Clusterer clusterer(options, graph, 5);
  UnitLabels planted;
  for (const UnitGroup& group : graph.groups) {
    for (int64_t unit = 0; unit < group.units; ++unit) planted.push_back(unit % 3);
  }
  CHECK(clusterer.aligned());
  CHECK(clusterer.own().agreement == 1);
  CHECK(normalized_mutual_information(clusterer.own().labels, planted) == Approx(1));
  options.local.set("none");
  CHECK_THROWS_WITH(options.validate(), Catch::Contains("method.align"));
}

TEST_CASE("layerwise, a layer has as many clusters as in the whole network", "[clusterer]") {
  // Modules 0 and 1 in the first half of the network, 2 and 3 in the second: four in all, and two
  // or four in each layer.
  UnitGraph graph;
  for (const int64_t width : {8, 8, 8, 8, 8}) graph.groups.push_back({"layer", width});
  for (int64_t i = 0; i < 4; ++i) {
    Tensor weights = torch::full({8, 8}, i == 2 ? 0.001 : 0.02, torch::kDouble);
    if (i != 2) {
      weights.slice(0, 0, 4).slice(1, 0, 4).fill_(1);
      weights.slice(0, 4, 8).slice(1, 4, 8).fill_(1);
    }
    graph.blocks.push_back({i, i + 1, weights});
  }
  SpectralMethodOptions options;
  options.local.set("none");
  const Clusters whole = Clusterer(options, graph, 1).own();
  std::vector<size_t> in_whole, in_parts;
  options.local.set("layerwise");
  const Clusters parts = Clusterer(options, graph, 1).own();
  for (size_t group = 1; group < 4; ++group) {
    const auto a = layer_of(graph, whole.labels, group), b = layer_of(graph, parts.labels, group);
    in_whole.push_back(std::set<int64_t>(a.begin(), a.end()).size());
    in_parts.push_back(std::set<int64_t>(b.begin(), b.end()).size());
  }
  CHECK(in_whole == std::vector<size_t>{2, 2, 2});
  CHECK(in_parts == in_whole);
}

TEST_CASE("the number of clusters is found where the eigenvalues rise", "[clusterer]") {
  SpectralMethodOptions options;
  options.clusters.set(0);
  CHECK(Clusterer(options, modular({15, 20, 15}, 3, 3), 1).clusters() == 3);
  CHECK(Clusterer(options, modular({20, 20, 20}, 5, 3, 0.02), 1).clusters() == 5);
}
