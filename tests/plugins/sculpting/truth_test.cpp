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

TEST_CASE("a network of other sizes has no truth", "[truth]") {
  Detection found;
  found.modules = {{0, 0}, {0}};
  TrueModules truth;
  truth.inputs = {0, 0, 1};
  truth.outputs = {0};
  CHECK_FALSE(against_truth(found, truth));
}
