// Clusters of local graphs keep their numbers from layer to layer.
#include "alignment.h"

#include <modhost/random.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <set>

using namespace modhost;
using namespace modhost_spectral;

namespace {

// Layers of so many units, each joined to the next.
UnitGraph chain(const std::vector<int64_t>& widths) {
  UnitGraph graph;
  for (const int64_t width : widths) graph.groups.push_back({"layer", width});
  for (size_t i = 0; i + 1 < widths.size(); ++i) {
    graph.blocks.push_back({static_cast<int64_t>(i), static_cast<int64_t>(i + 1),
                            torch::ones({widths[i + 1], widths[i]}, torch::kDouble)});
  }
  return graph;
}

// How many units of the two layers that parts i and i + 1 share have the same number in both.
int64_t equal_units(const std::vector<LocalGraph>& parts, const std::vector<UnitLabels>& labels,
                    size_t i) {
  const std::vector<int64_t> first = parts[i].graph.offsets(), next = parts[i + 1].graph.offsets();
  int64_t out = 0;
  for (size_t a = 0; a < parts[i].groups.size(); ++a) {
    for (size_t b = 0; b < parts[i + 1].groups.size(); ++b) {
      if (parts[i].groups[a] != parts[i + 1].groups[b]) continue;
      for (int64_t unit = 0; unit < parts[i].graph.groups[a].units; ++unit) {
        const int64_t label = labels[i][static_cast<size_t>(first[a] + unit)];
        out += label != kNoCluster && label == labels[i + 1][static_cast<size_t>(next[b] + unit)];
      }
    }
  }
  return out;
}

// The same after part i + 1 got other numbers, the best of all permutations of 0 .. count - 1.
int64_t most_equal(const std::vector<LocalGraph>& parts, std::vector<UnitLabels> labels, size_t i,
                   int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  const UnitLabels before = labels[i + 1];
  int64_t most = 0;
  do {
    for (size_t unit = 0; unit < before.size(); ++unit) {
      if (before[unit] != kNoCluster) {
        labels[i + 1][unit] = order[static_cast<size_t>(before[unit])];
      }
    }
    most = std::max(most, equal_units(parts, labels, i));
  } while (std::next_permutation(order.begin(), order.end()));
  return most;
}

}  // namespace

TEST_CASE("clusters that only change their numbers from part to part are put right",
          "[alignment]") {
  const std::vector<LocalGraph> parts = local_graphs(chain({6, 5, 7, 4, 6}));
  REQUIRE(parts.size() == 3);
  std::vector<UnitLabels> labels;
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::vector<int64_t> offsets = parts[i].graph.offsets();
    const auto names = permutation(3, i);
    UnitLabels own;
    for (size_t at = 0; at < parts[i].groups.size(); ++at) {
      for (int64_t unit = 0; unit < parts[i].graph.groups[at].units; ++unit) {
        own.push_back(names[static_cast<size_t>((unit + parts[i].groups[at]) % 3)]);
      }
    }
    labels.push_back(own);
  }
  labels[1][2] = kNoCluster;
  CHECK(align_labels(parts, labels) == 1);
  CHECK(equal_units(parts, labels, 0) == 5 + 7 - 1);
  CHECK(equal_units(parts, labels, 1) == 7 + 4);
}

TEST_CASE("no other numbers agree with the part before in more units", "[alignment]") {
  const std::vector<LocalGraph> parts = local_graphs(chain({9, 12, 8, 10, 11, 5}));
  REQUIRE(parts.size() == 4);
  for (uint64_t seed = 0; seed < 20; ++seed) {
    RandomStream random(seed);
    std::vector<UnitLabels> labels;
    for (size_t i = 0; i < parts.size(); ++i) {
      UnitLabels own;
      // Parts have different numbers of clusters, as with layerwise ones.
      const uint64_t clusters = 2 + (seed + i) % 3;
      for (int64_t unit = 0; unit < parts[i].graph.units(); ++unit) {
        own.push_back(static_cast<int64_t>(random.below(clusters + 1)) - 1);
      }
      labels.push_back(own);
    }
    const std::vector<UnitLabels> before = labels;
    const double share = align_labels(parts, labels);
    int64_t equal = 0, used = 0;
    for (const UnitLabels& part : labels) {
      used = std::max(used, *std::max_element(part.begin(), part.end()) + 1);
    }
    REQUIRE(used <= 7);  // few enough to try all permutations
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      INFO("seed " << seed << ", part " << i);
      const int64_t own = equal_units(parts, labels, i);
      CHECK(own == most_equal(parts, labels, i, used));
      equal += own;
    }
    CHECK(share > 0.3);
    CHECK(share < 1);
    CHECK(equal > 0);
    // The partition of each part is what it was.
    for (size_t i = 0; i < parts.size(); ++i) {
      std::set<std::pair<int64_t, int64_t>> pairs;
      std::set<int64_t> old_labels(before[i].begin(), before[i].end());
      for (size_t unit = 0; unit < before[i].size(); ++unit) {
        pairs.insert({before[i][unit], labels[i][unit]});
        CHECK((before[i][unit] == kNoCluster) == (labels[i][unit] == kNoCluster));
      }
      CHECK(pairs.size() == old_labels.size());
    }
  }
}

TEST_CASE("a cluster without common units gets a number of its own", "[alignment]") {
  const std::vector<LocalGraph> parts = local_graphs(chain({2, 2, 2, 3}));
  REQUIRE(parts.size() == 2);
  // Layers 1 and 2 are in both; the last layer's third unit is in a cluster of the second part
  // alone.
  std::vector<UnitLabels> labels = {{0, 1, 0, 1, 0, 1}, {1, 0, 1, 0, 1, 0, 2}};
  CHECK(align_labels(parts, labels) == 1);
  CHECK(labels[1] == UnitLabels{0, 1, 0, 1, 0, 1, 2});
  std::vector<UnitLabels> none = {UnitLabels(6, kNoCluster), UnitLabels(7, kNoCluster)};
  CHECK(align_labels(parts, none) == 1);
}
