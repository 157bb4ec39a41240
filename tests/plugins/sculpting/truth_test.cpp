// Modules beside the truth: the published networks and their judgement, and cases by hand.
#include "truth.h"

#include <catch2/catch.hpp>

#include "published_nets.h"

using namespace modhost;
using namespace modhost_sculpting;
using Json = nlohmann::json;

namespace {

TrueModules truth_of(const Json& net) {
  TrueModules out;
  out.inputs = net["truth"]["input_groups"].get<std::vector<int64_t>>();
  out.outputs = net["truth"]["output_groups"].get<std::vector<int64_t>>();
  return out;
}

}  // namespace

TEST_CASE("published networks are judged as they were", "[truth]") {
  int inputs = 0, outputs = 0, hidden = 0;
  for (const Json& net : test::published_nets()) {
    CAPTURE(net["name"].get<std::string>());
    const auto score = against_truth(detect_modules(test::wired_of(net), {}), truth_of(net));
    REQUIRE(score);
    const Json& criteria = net["criteria"];
    if (criteria.contains("inputs")) {
      CHECK(score->inputs.same == criteria["inputs"].get<bool>());
      ++inputs;
    }
    if (criteria.contains("outputs")) {
      CHECK(score->outputs.same == criteria["outputs"].get<bool>());
      ++outputs;
    }
    CHECK((score->inputs.ari == 1) >= score->inputs.same);
    const std::string kind = net["truth"]["kind"];
    if (kind != "input_separable" && kind != "overlap_0") continue;
    // Success: every hidden unit is reached by one group of inputs.
    bool separable = true;
    for (const LayerTruth& layer : score->hidden) {
      separable = separable && layer.from_one_group == layer.live && layer.ari == 1.0;
    }
    CHECK(separable == criteria["hidden"].get<bool>());
    ++hidden;
  }
  CHECK(inputs == 120);
  CHECK(outputs > 60);
  CHECK(hidden > 15);
}

TEST_CASE("a layer is scored against the groups of inputs that reach it", "[truth]") {
  // Units 0 and 1 read the first input, 2 and 3 the second; the modules part the latter two.
  Detection found;
  found.live.layers = {{"input", 2}, {"hidden", 4}, {"out", 1}};
  found.live.edges = {{0, 1, {1, 0, 1, 0, 0, 1, 0, 1}}, {1, 2, {1, 1, 1, 1}}};
  found.alive = {{1, 1}, {1, 1, 1, 1}, {1}};
  found.modules = {{0, 1}, {2, 2, 3, 4}, {5}};
  found.module_count = 6;
  TrueModules truth;
  truth.inputs = {0, 1};
  truth.outputs = {0};
  const auto score = against_truth(found, truth);
  REQUIRE(score);
  CHECK(score->inputs.ari == 1);
  CHECK(score->inputs.nmi == Approx(1));
  REQUIRE(score->hidden.size() == 1);
  const LayerTruth& layer = score->hidden.front();
  CHECK(layer.modules == 3);
  CHECK(layer.from_one_group == 4);
  // Of 6 pairs the modules join 1, the groups 2, both 1: (1 - 1/3) / (3/2 - 1/3).
  CHECK(*layer.ari == Approx(4.0 / 7));
  // Entropies 3/2 ln 2 and ln 2, in common ln 2.
  CHECK(*layer.nmi == Approx(0.8));
}

TEST_CASE("a network of other sizes has no truth", "[truth]") {
  Detection found;
  found.modules = {{0, 0}, {0}};
  TrueModules truth;
  truth.inputs = {0, 0, 1};
  truth.outputs = {0};
  CHECK_FALSE(against_truth(found, truth));
}
