// Detection against the clusters and modules that the published program finds in 120 pruned
// networks (tests/data/sculpting/README.md), and against numbers by hand.
#include "modules.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "separability.h"

using namespace modhost;
using namespace modhost_sculpting;
using Json = nlohmann::json;

namespace {

Json cases() {
  std::ifstream file(std::string(MODHOST_TEST_DATA) + "/sculpting/cases.json");
  return Json::parse(file);
}

Wired wired_of(const Json& net) {
  const std::vector<int64_t> widths = net["arch"];
  Wired out;
  for (size_t l = 0; l < widths.size(); ++l) out.layers.push_back({std::to_string(l), widths[l]});
  for (size_t l = 0; l + 1 < widths.size(); ++l) {
    Edges edges{l, l + 1, std::vector<double>(static_cast<size_t>(widths[l] * widths[l + 1]), 0)};
    for (const auto& [to, row] : net["masks"][l].items()) {
      for (const int64_t from : row.get<std::vector<int64_t>>()) {
        edges.strength[static_cast<size_t>(std::stoll(to) * widths[l] + from)] = 1;
      }
    }
    out.edges.push_back(std::move(edges));
  }
  return out;
}

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

void check_layer(const LayerChoice& found, const Json& expected) {
  const auto metrics = expected["losses_k2_up"].get<std::vector<double>>();
  // Of two units the published list holds a placeholder.
  if (found.labels.size() > 2) {
    REQUIRE(found.metrics.size() == metrics.size());
    for (size_t i = 0; i < metrics.size(); ++i) CHECK(found.metrics[i] == Approx(metrics[i]));
  }
  // The published program asks every time, also where the answer does not count.
  const Json& test = expected["separability_test"];
  if (found.asked) {
    CHECK(found.test.has_value() == test.is_number());
    if (test.is_number() && found.test) CHECK(*found.test == test.get<int64_t>());
  }
  CHECK(found.clusters == expected["k"].get<int64_t>());
}

}  // namespace

TEST_CASE("clusters and modules are those of the published program", "[modules]") {
  size_t checked = 0;
  for (const Json& net : cases()) {
    CAPTURE(net["name"].get<std::string>());
    DetectionRule rule;
    rule.feature_steps = net["S"];
    rule.separability_steps = net["T"];
    rule.merging_threshold = net["tau"];
    rule.layer.metric_threshold = net["mm"];
    const Detection found = detect_modules(wired_of(net), rule);
    std::vector<int64_t> live;
    for (const UnitGroup& layer : found.live.layers) live.push_back(layer.units);
    CHECK(live == net["live_arch"].get<std::vector<int64_t>>());
    for (size_t l = 0; l < found.clusters.size(); ++l) {
      CAPTURE(l);
      CHECK(same_up_to_names(found.clusters[l], net["clusters"][l]));
      if (l < net["layers"].size()) check_layer(found.layers[l], net["layers"][l]);
    }
    CHECK(same_up_to_names(flat(found.modules),
                           flat(net["modules"].get<std::vector<std::vector<int64_t>>>())));
    CHECK(found.links.size() == net["edges"].size());
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
  CHECK(separability(rows({{1, 1, 0, 0}, {0, 0, 1, 1}}), 4) == 2);
  CHECK(separability(rows({{1, 1, 0, 0}, {1, 1, 0, 0}}), 4) == 1);
  // One in common of two and two among four: expected 1 on both sides, scores equal: single.
  CHECK(separability(rows({{1, 1, 0, 0}, {0, 1, 1, 0}}), 4) == 1);
  // Two and three of five in common once: expected 1.2, so separate and not single.
  CHECK(separability(rows({{1, 1, 0, 0, 0}, {0, 1, 1, 1, 0}}), 5) == 2);
  // Two pairs: the closest pair is one thing, the halves are two: no answer.
  CHECK_FALSE(separability(rows({{1, 1, 0, 0}, {1, 1, 0, 0}, {0, 0, 1, 1}, {0, 0, 1, 1}}), 4));
  const LayerChoice one = clusters_of(rows({{1, 0}}), 2, {});
  CHECK(one.clusters == 1);
  CHECK(one.labels == std::vector<int64_t>{0});
}
