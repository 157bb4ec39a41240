// How far the modules of two networks agree.
#include "module_agreement.h"

#include <modhost/error.h>

#include <catch2/catch.hpp>

using namespace modhost;
using namespace modhost_sculpting;

namespace {

// A detection from its labels [layer][unit] and from which module feeds which.
Detection made(const std::vector<std::vector<int64_t>>& modules,
               const std::vector<std::pair<int64_t, int64_t>>& links) {
  Detection out;
  out.modules = modules;
  for (const auto& layer : modules) {
    for (const int64_t module : layer) out.module_count = std::max(out.module_count, module + 1);
  }
  for (const auto& link : links) out.links[link] = 1;
  return out;
}

// Modules of one unit in each of two layers; `links` from those of the first (0 .. n - 1) to those
// of the second (n .. 2n - 1).
Detection bipartite(int64_t n, const std::vector<std::pair<int64_t, int64_t>>& links) {
  std::vector<std::vector<int64_t>> modules(2);
  for (int64_t i = 0; i < n; ++i) {
    modules[0].push_back(i);
    modules[1].push_back(n + i);
  }
  return made(modules, links);
}

}  // namespace

TEST_CASE("names of modules do not matter", "[agreement]") {
  const Detection a = made({{0, 0, 1, 1}, {0, 1}, {2, 2, 3}}, {{0, 2}, {1, 2}, {1, 3}});
  const Detection b = made({{1, 1, 0, 0}, {1, 0}, {3, 3, 2}}, {{1, 3}, {0, 3}, {0, 2}});
  const ModuleAgreement own = module_agreement(a, b);
  CHECK(own.inputs == 1);
  CHECK(own.outputs == 1);
  CHECK(own.same_counts);
  CHECK(own.same_graph);
}

TEST_CASE("other links, other layers and other numbers of modules are told", "[agreement]") {
  const Detection a = made({{0, 0, 1, 1}, {0, 1}, {2, 2, 3}}, {{0, 2}, {1, 2}, {1, 3}});
  Detection b = a;
  b.links.erase({0, 2});
  CHECK(module_agreement(a, b).same_counts);
  CHECK_FALSE(module_agreement(a, b).same_graph);
  // As many in each layer, but one module of the second layer is new.
  const Detection c = made({{0, 0, 1, 1}, {0, 4}, {2, 2, 3}}, {{0, 2}, {1, 4}, {4, 2}, {4, 3}});
  CHECK(module_agreement(a, c).same_counts);
  CHECK_FALSE(module_agreement(a, c).same_graph);
  const Detection d = made({{0, 0, 1, 2}, {0, 1}, {3, 3, 4}}, {});
  CHECK_FALSE(module_agreement(a, d).same_counts);
  CHECK_FALSE(module_agreement(a, d).same_graph);
  // Pairs {0,0,1,1} against {0,0,1,2}: 1 of 6 in both, 2 and 1: (1 - 1/3) / (3/2 - 1/3).
  CHECK(module_agreement(a, d).inputs == Approx((1 - 1.0 / 3) / (1.5 - 1.0 / 3)));
}

TEST_CASE("numbers of units and pruned ones do not matter to the graph", "[agreement]") {
  const Detection a = made({{0, 0, 1}, {0, 1, -1}, {2}}, {{0, 2}, {1, 2}});
  const Detection b = made({{0, 1, 1}, {0, 1, 1}, {2}}, {{0, 2}, {1, 2}});
  CHECK(module_agreement(a, b).same_graph);
  const Detection pruned = made({{0, -1, 1}, {0, 1, -1}, {2}}, {{0, 2}, {1, 2}});
  CHECK(module_agreement(a, pruned).inputs == 1);  // over inputs that both use
}

TEST_CASE("graphs whose modules all look alike are compared exactly", "[agreement]") {
  // Every module has two links: one ring of twelve, or two of six.
  std::vector<std::pair<int64_t, int64_t>> one, two, renamed;
  for (int64_t i = 0; i < 6; ++i) {
    one.push_back({i, 6 + i});
    one.push_back({i, 6 + (i + 1) % 6});
    two.push_back({i, 6 + i});
    two.push_back({i, 6 + (i / 3 * 3) + (i + 1) % 3});
    renamed.push_back({i * 5 % 6, 6 + (i + 3) % 6});
    renamed.push_back({i * 5 % 6, 6 + (i + 4) % 6});
  }
  CHECK(module_agreement(bipartite(6, one), bipartite(6, renamed)).same_graph);
  CHECK(module_agreement(bipartite(6, two), bipartite(6, two)).same_graph);
  CHECK_FALSE(module_agreement(bipartite(6, one), bipartite(6, two)).same_graph);
  CHECK(module_agreement(bipartite(5000, {}), bipartite(5000, {})).same_graph);
  // Two modules feed three and two outputs, or four and one.
  const auto fans = [](int64_t first) {
    std::vector<std::pair<int64_t, int64_t>> links;
    for (int64_t i = 0; i < 5; ++i) links.push_back({i < first ? 0 : 1, 2 + i});
    return made({{0, 1}, {2, 3, 4, 5, 6}}, links);
  };
  CHECK(module_agreement(fans(3), fans(2)).same_graph);
  CHECK_FALSE(module_agreement(fans(3), fans(4)).same_graph);
}

TEST_CASE("means are over all pairs", "[agreement]") {
  const Detection a = made({{0, 0, 1, 1}, {0, 1}, {0, 1}}, {});
  const Detection b = made({{0, 0, 1, 1}, {0, 1}, {0, 1}}, {{0, 1}});
  const Detection c = made({{0, 0, 0, 0}, {0, 0}, {0, 1}}, {{0, 1}});
  const MeanAgreement mean = mean_agreement({a, b, c});
  CHECK(mean.pairs == 3);
  CHECK(mean.inputs == Approx(1.0 / 3));  // 1 and twice 0: one module says nothing
  CHECK(mean.outputs == 1);
  CHECK(mean.same_counts == Approx(1.0 / 3));
  CHECK(mean.same_graph == 0);
  CHECK(mean_agreement({a}).pairs == 0);
  Detection wider = a;
  wider.modules[0].push_back(0);
  CHECK_THROWS_AS(module_agreement(a, wider), Error);
}
