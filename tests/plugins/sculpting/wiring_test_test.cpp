// Modules against random wirings, and their graph and pictures.
#include "wiring_test.h"

#include <modhost/random.h>

#include <catch2/catch.hpp>

#include "drawing.h"
#include "module_graph.h"

using namespace modhost;
using namespace modhost_sculpting;

namespace {

// `halves` networks of 6-6-6 units side by side; edges within one with probability 1/2, between
// two with `between`.
Wired planted(int64_t halves, double between, uint64_t seed) {
  RandomStream random(seed);
  Wired out;
  const int64_t units = 6 * halves;
  for (int layer = 0; layer < 3; ++layer) out.layers.push_back({std::to_string(layer), units});
  for (size_t layer = 0; layer < 2; ++layer) {
    Edges edges{layer, layer + 1, {}};
    for (int64_t to = 0; to < units; ++to) {
      for (int64_t from = 0; from < units; ++from) {
        const double chance = to / 6 == from / 6 ? 0.5 : between;
        edges.strength.push_back(random.uniform() < chance || to == from ? 1 : 0);
      }
    }
    out.edges.push_back(std::move(edges));
  }
  return out;
}

std::pair<std::vector<int>, std::vector<int>> degrees(const Wired& wired, size_t at) {
  const size_t width = wired.units(wired.edges[at].from);
  std::vector<int> in(wired.units(wired.edges[at].to), 0), out(width, 0);
  for (size_t i = 0; i < wired.edges[at].strength.size(); ++i) {
    if (wired.edges[at].strength[i] <= 0) continue;
    ++in[i / width];
    ++out[i % width];
  }
  return {in, out};
}

}  // namespace

TEST_CASE("random wirings keep each unit's numbers of edges and move many edges", "[wiring]") {
  const Wired own = planted(2, 0.1, 1);
  const Wired other = random_wiring(own, 7);
  for (size_t at = 0; at < 2; ++at) {
    CHECK(degrees(own, at) == degrees(other, at));
    int moved = 0;
    for (size_t i = 0; i < own.edges[at].strength.size(); ++i) {
      moved += own.edges[at].strength[i] != other.edges[at].strength[i] ? 1 : 0;
    }
    CHECK(moved > 10);
  }
  CHECK(random_wiring(own, 7).edges[0].strength == other.edges[0].strength);
  CHECK(random_wiring(own, 8).edges[0].strength != other.edges[0].strength);
}

TEST_CASE("planted modules are found and differ from random wirings", "[wiring]") {
  const DetectionRule rule;
  const Detection found = detect_modules(planted(3, 0, 2), rule);
  const WiringTest test = against_random_wirings(found, rule, 39, 5, [](int64_t) {});
  CHECK(inside_share(found.live, live_modules(found)) > 0.3);
  CHECK(test.modularity.p_above_tied == Approx(1.0 / 40));
  // Nothing of one planted network is ever in the module of another.
  for (const auto& [pair, edges] : found.links) {
    const auto planted_in = [&](int64_t module) {
      for (const auto& layer : found.modules) {
        for (size_t unit = 0; unit < layer.size(); ++unit) {
          if (layer[unit] == module) return unit / 6;
        }
      }
      return size_t{99};
    };
    CHECK(planted_in(pair.first) == planted_in(pair.second));
  }
}

TEST_CASE("a wiring without structure is not told from others", "[wiring]") {
  const DetectionRule rule;
  double sum = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    Wired own = random_wiring(planted(2, 0.5, seed), seed);
    const Detection found = detect_modules(own, rule);
    sum += against_random_wirings(found, rule, 19, seed, [](int64_t) {}).modularity.p_above_tied;
  }
  CHECK(sum / 10 > 0.25);  // uniform p have a mean of one half, ties raise it
}

TEST_CASE("cohesion and likeness by hand", "[wiring]") {
  // Two inputs to one unit each, both to one output: 0 -> 0, 1 -> 1, then all to the output.
  Detection found;
  found.live.layers = {{"in", 2}, {"hidden", 2}, {"out", 1}};
  found.live.edges = {{0, 1, {1, 0, 0, 1}}, {1, 2, {1, 1}}};
  found.modules = {{0, 1}, {0, 1}, {0}};
  found.module_count = 2;
  const auto own = cohesions(found, {});
  CHECK(own[0].units == 3);
  CHECK(own[0].inside == 2);
  CHECK(own[0].touched == 3);
  CHECK(own[1].inside == 1);
  CHECK(own[1].touched == 2);
  CHECK(own[1].share == 0.5);
  CHECK(own[0].likeness == 0);
  CHECK(own[0].gain == Approx(2 / 4.0 - 2 / 4.0 * (3 / 4.0)));
  CHECK(own[1].gain == Approx(1 / 4.0 - 2 / 4.0 * (1 / 4.0)));
  CHECK(modularity(own) == Approx(0.25));
  CHECK(inside_share(found.live, live_modules(found)) == 0.75);
  found.modules = {{0, 0}, {1, 1}, {2}};
  found.module_count = 3;
  found.links = {{{0, 1}, 2}, {{1, 2}, 2}};
  CHECK(cohesions(found, {})[1].likeness == Approx(1));    // both reach the output alone
  CHECK(cohesions(found, {})[0].likeness == Approx(0.5));  // one of two in common
  CHECK(levels_of(found) == std::vector<int64_t>{0, 1, 2});
}

TEST_CASE("pictures show every live unit and every module", "[drawing]") {
  const Detection found = detect_modules(planted(2, 0, 3), {});
  const std::string network = network_drawing(found), graph = hierarchy_drawing(found);
  size_t circles = 0;
  for (size_t at = 0; (at = network.find("<circle", at)) != std::string::npos; ++at) ++circles;
  size_t live = 0;
  for (const UnitGroup& layer : found.live.layers) live += static_cast<size_t>(layer.units);
  CHECK(circles == live);
  CHECK(network.rfind("</svg>\n") == network.size() - 7);
  CHECK(graph.find("nan") == std::string::npos);
  CHECK(network.find("nan") == std::string::npos);
}
