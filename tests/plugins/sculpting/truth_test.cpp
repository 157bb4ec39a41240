// Modules beside the truth: the published networks and their judgement, and cases by hand.
#include "truth.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace modhost;
using namespace modhost_sculpting;
using Json = nlohmann::json;

namespace {

// What detection found in a published network.
Detection detection_of(const Json& net) {
  Wired wired;
  const std::vector<int64_t> widths = net["arch"];
  for (size_t l = 0; l < widths.size(); ++l) wired.layers.push_back({std::to_string(l), widths[l]});
  for (size_t l = 0; l + 1 < widths.size(); ++l) {
    Edges edges{l, l + 1, std::vector<double>(static_cast<size_t>(widths[l] * widths[l + 1]), 0)};
    for (const auto& [to, row] : net["masks"][l].items()) {
      for (const int64_t from : row.get<std::vector<int64_t>>()) {
        edges.strength[static_cast<size_t>(std::stoll(to) * widths[l] + from)] = 1;
      }
    }
    wired.edges.push_back(std::move(edges));
  }
  return detect_modules(wired, {});
}

TrueModules truth_of(const Json& net) {
  TrueModules out;
  out.inputs = net["truth"]["input_groups"].get<std::vector<int64_t>>();
  out.outputs = net["truth"]["output_groups"].get<std::vector<int64_t>>();
  return out;
}

}  // namespace

TEST_CASE("published networks are judged as they were", "[truth]") {
  std::ifstream file(std::string(MODHOST_TEST_DATA) + "/sculpting/cases.json");
  int inputs = 0, outputs = 0, hidden = 0;
  for (const Json& net : Json::parse(file)) {
    CAPTURE(net["name"].get<std::string>());
    const auto score = against_truth(detection_of(net), truth_of(net));
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
