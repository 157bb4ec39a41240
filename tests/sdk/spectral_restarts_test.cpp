// How often k-means starts anew when nobody says (Filan et al. 2021: 25 times up to 2,000 units,
// 100 times beyond).
#include <modhost/spectral.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "cluster_cases.h"

using namespace modhost;
using namespace modhost::testing;

namespace {

// A sparse network without structure, so that restarts differ, of so many units with edges and some
// without.
UnitGraph network_of(int64_t kept) {
  const UnitGraph graph = random_layers({1900, 300}, 0.01, 7);
  std::vector<bool> keep = kept_units(graph, Isolated::degree);
  int64_t surplus = std::count(keep.begin(), keep.end(), true) - kept;
  REQUIRE(surplus > 0);
  UnitGraph out = graph;
  out.blocks[0].weights = graph.blocks[0].weights.clone();
  for (size_t unit = 0; surplus > 0; ++unit) {
    if (!keep[unit]) continue;
    out.blocks[0].weights.select(1, static_cast<int64_t>(unit)).zero_();
    --surplus;
  }
  keep = kept_units(out, Isolated::degree);
  REQUIRE(std::count(keep.begin(), keep.end(), true) == kept);
  return out;
}

UnitLabels labels_of(const UnitGraph& graph, int64_t restarts) {
  SpectralOptions options;
  options.clusters = 12;
  options.restarts = restarts;
  options.seed = 5;
  return spectral_clustering(graph, options).labels;
}

}  // namespace

TEST_CASE("k-means starts 25 times up to 2000 kept units and 100 times beyond", "[spectral]") {
  for (const int64_t kept : {2000, 2001}) {
    const UnitGraph graph = network_of(kept);
    CHECK(graph.units() > kept);  // those without edges do not count
    const UnitLabels few = labels_of(graph, 25), many = labels_of(graph, 100);
    REQUIRE_FALSE((few == many));  // or the case would show nothing
    const UnitLabels unsaid = labels_of(graph, 0);
    CHECK((unsaid == (kept == 2000 ? few : many)));
  }
}
