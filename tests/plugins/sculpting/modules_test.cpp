// Detection against the clusters and modules that the published program finds in 120 pruned
// networks (tests/data/sculpting/README.md), and against numbers by hand.
#include "modules.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "published_nets.h"
#include "separability.h"

using namespace modhost;
using namespace modhost_sculpting;
using Json = nlohmann::json;

namespace {

// One to one, and -1 stays -1.
bool same_up_to_names(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  if (a.size() != b.size()) return false;
  std::map<int64_t, int64_t> there{{-1, -1}}, back{{-1, -1}};
  for (size_t i = 0; i < a.size(); ++i) {
    if (there.emplace(a[i], b[i]).first->second != b[i]) return false;
    if (back.emplace(b[i], a[i]).first->second != a[i]) return false;
  }
  return true;
}

std::vector<int64_t> flat(const std::vector<std::vector<int64_t>>& layers) {
  std::vector<int64_t> out;
  for (const auto& layer : layers) out.insert(out.end(), layer.begin(), layer.end());
  return out;
}

size_t units_within(const Wired& live, size_t layer, int64_t steps) {
  size_t out = 0;
  for (size_t at = layer + 1; at < live.layers.size(); ++at) {
    if (at <= layer + static_cast<size_t>(steps)) out += live.units(at);
  }
  return out;
}

std::optional<int64_t> judged(const Features& features, size_t nearby) {
  return separability(features, nearby, {}, LinkageRule().of(features));
}

// The published program asks the test of separability of every layer, also where it does not count.
void check_layer(const LayerChoice& found, const Features& features, size_t nearby,
                 const Json& expected) {
  const auto metrics = expected["losses_k2_up"].get<std::vector<double>>();
  if (found.labels.size() > 2) {  // for two units it lists 10000
    REQUIRE(found.metrics.size() == metrics.size());
    for (size_t i = 0; i < metrics.size(); ++i) CHECK(found.metrics[i] == Approx(metrics[i]));
  }
  if (found.labels.size() > 1) {
    const Json& answer = expected["separability_test"];
    const auto test = judged(features, nearby);
    CHECK(test.has_value() == answer.is_number());
    if (test && answer.is_number()) CHECK(*test == answer.get<int64_t>());
    CHECK((!found.asked || found.test == test));
  }
  CHECK(found.clusters == expected["k"].get<int64_t>());
}

// How many edges there are between each two modules, whatever they are called.
std::vector<int64_t> sorted_counts(const std::vector<int64_t>& counts) {
  std::vector<int64_t> out = counts;
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("clusters and modules are those of the published program", "[modules]") {
  size_t checked = 0;
  for (const Json& net : test::published_nets()) {
    CAPTURE(net["name"].get<std::string>());
    DetectionRule rule;
    rule.feature_steps = net["S"];
    rule.separability_steps = net["T"];
    rule.merging_threshold = net["tau"];
    rule.layer.metric_threshold = net["mm"];
    const Detection found = detect_modules(test::wired_of(net), rule);
    std::vector<int64_t> live;
    for (const UnitGroup& layer : found.live.layers) live.push_back(layer.units);
    CHECK(live == net["live_arch"].get<std::vector<int64_t>>());
    const auto features = features_of(found.live, rule.feature_steps, rule.direction, false);
    for (size_t l = 0; l < found.clusters.size(); ++l) {
      CAPTURE(l);
      CHECK(same_up_to_names(found.clusters[l], net["clusters"][l]));
      if (l >= net["layers"].size()) continue;
      check_layer(found.layers[l], features[l],
                  units_within(found.live, l, rule.separability_steps), net["layers"][l]);
    }
    CHECK(same_up_to_names(flat(found.modules),
                           flat(net["modules"].get<std::vector<std::vector<int64_t>>>())));
    std::vector<int64_t> links, expected;
    for (const auto& [pair, edges] : found.links) links.push_back(edges);
    for (const Json& link : net["edges"]) expected.push_back(link[2]);
    CHECK(sorted_counts(links) == sorted_counts(expected));
    ++checked;
  }
  CHECK(checked == 120);
}

TEST_CASE("the metric of a partition of distances, by hand", "[modules]") {
  // Two pairs at distance 1 from each other, 0 within: sum 8. Each pair: inside 0, share 1/2.
  const std::vector<double> distances{0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0};
  CHECK(modularity_metric(distances, {0, 0, 1, 1}) == -0.5);
  // Inside 2/8 each (0-2 and 1-3), less a quarter.
  CHECK(modularity_metric(distances, {0, 1, 0, 1}) == 0);
  CHECK(modularity_metric(distances, {0, 1, 2, 3}) == -0.25);
  CHECK(modularity_metric(distances, {0, 0, 0, 0}) == 0);
  CHECK(modularity_metric({0, 0, 0, 0}, {0, 1}) == 0);
}

TEST_CASE("expected overlap of independent rows", "[modules]") {
  const Overlap half{4, 3, 2, 6};  // 6 * 12 / 36 = 2, sqrt(2 * 2 / 3)
  CHECK(half.expected() == Approx(2));
  CHECK(half.deviation() == Approx(std::sqrt(4.0 / 3)));
  CHECK(half.separate());
  CHECK(half.single());
  CHECK(Overlap{3, 3, 0, 9}.separate());
  CHECK_FALSE(Overlap{3, 3, 0, 9}.single());
  CHECK(Overlap{2, 2, 2, 2}.single());
  CHECK_FALSE(Overlap{2, 2, 2, 2}.separate());
  CHECK_FALSE(Overlap{4, 4, 3, 9}.separate());  // expected 16/9
}

TEST_CASE("small layers are judged by overlap", "[modules]") {
  const auto rows = [](const std::vector<std::vector<int>>& bits) {
    Features out(bits.size(), bits[0].size());
    for (size_t unit = 0; unit < bits.size(); ++unit) {
      for (size_t i = 0; i < bits[unit].size(); ++i) out.set(unit, i, bits[unit][i]);
    }
    return out;
  };
  CHECK(judged(rows({{1, 1, 0, 0}, {0, 0, 1, 1}}), 4) == 2);
  CHECK(judged(rows({{1, 1, 0, 0}, {1, 1, 0, 0}}), 4) == 1);
  // One in common of two and two among four: expected 1 on both sides, scores equal: single.
  CHECK(judged(rows({{1, 1, 0, 0}, {0, 1, 1, 0}}), 4) == 1);
  // Two and three of five in common once: expected 1.2, so separate and not single.
  CHECK(judged(rows({{1, 1, 0, 0, 0}, {0, 1, 1, 1, 0}}), 5) == 2);
  // Two pairs: the closest pair is one thing, the halves are two: no answer.
  CHECK_FALSE(judged(rows({{1, 1, 0, 0}, {1, 1, 0, 0}, {0, 0, 1, 1}, {0, 0, 1, 1}}), 4));
  const LayerChoice one = clusters_of(rows({{1, 0}}), 2, {});
  CHECK(one.clusters == 1);
  CHECK(one.labels == std::vector<int64_t>{0});
}

TEST_CASE("a cluster joins the module that nearly all its edges come from, and go to",
          "[modules]") {
  // Two halves of five inputs, each with all its edges to five hidden units, and one edge across;
  // the first half of the hidden units feeds two outputs, the second one.
  Wired net;
  net.layers = {{"in", 10}, {"hidden", 10}, {"out", 3}};
  std::vector<double> first(100, 0), second(30, 0);
  for (size_t i = 0; i < 100; ++i) first[i] = i / 10 / 5 == i % 10 / 5 ? 1 : 0;
  first[50] = 1;  // from input 0 to hidden unit 5
  for (size_t i = 0; i < 30; ++i) second[i] = (i / 10 == 1) == (i % 10 / 5 == 1) ? 1 : 0;
  net.edges = {{0, 1, first}, {1, 2, second}};
  const std::vector<int64_t> halves{0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
  const auto modules = [&](double threshold) {
    DetectionRule rule;
    rule.merging_threshold = threshold;
    const Detection found = detect_modules(net, rule);
    CHECK(found.clusters[0] == halves);
    CHECK(found.clusters[1] == halves);
    return found;
  };
  // Of 26 edges out of the first module 25 go to the first cluster, of 26 into the second cluster
  // 25 come from the second module. Half of the first module's edges go to each of its outputs, but
  // of outputs only where their edges come from counts.
  const Detection joined = modules(0.9);
  CHECK(joined.modules[1] == halves);
  CHECK(joined.modules[2] == std::vector<int64_t>{0, 1, 0});
  CHECK(joined.module_count == 2);
  CHECK(joined.links == std::map<std::pair<int64_t, int64_t>, int64_t>{{{0, 1}, 1}});
  const Detection apart = modules(25.0 / 26);  // must be more
  CHECK(apart.modules[1] == std::vector<int64_t>{2, 2, 2, 2, 2, 3, 3, 3, 3, 3});
  CHECK(apart.modules[2] == std::vector<int64_t>{2, 3, 2});
  CHECK(apart.links ==
        std::map<std::pair<int64_t, int64_t>, int64_t>{{{0, 2}, 25}, {{0, 3}, 1}, {{1, 3}, 25}});

  // As a hidden layer, which something reads, the last one is no part of the module that feeds it.
  net.layers.push_back({"more", 3});
  net.edges.push_back({2, 3, {1, 0, 0, 0, 1, 0, 0, 0, 1}});
  CHECK(modules(0.9).modules[2] == std::vector<int64_t>{2, 1, 3});
}
