// What the study asks of each kind of function graph: the judgement of 120 published networks, and
// networks by hand.
#include "success.h"

#include <modhost/error.h>

#include <catch2/catch.hpp>
#include <map>

#include "published_nets.h"

using namespace modhost;
using namespace modhost_sculpting;
using Json = nlohmann::json;

namespace {

TrueModules truth_of(const Json& net) {
  static const std::map<std::string, std::string> names = {
      {"input_separable", "separable"},
      {"overlap_0", "separable"},
      {"overlap_1", "overlapping"},
      {"overlap_2", "overlapping"},
      {"overlap_3", "overlapping"},
      {"overlap_4", "overlapping"},
      {"non_modular", "non_modular"},
      {"input_separable+reused", "shared_inputs"},
      {"reused", "reused"},
      {"hierarchical", "hierarchical"}};
  TrueModules out;
  out.kind = names.at(net["truth"]["kind"].get<std::string>());
  out.inputs = net["truth"]["input_groups"].get<std::vector<int64_t>>();
  out.outputs = net["truth"]["output_groups"].get<std::vector<int64_t>>();
  return out;
}

// Inputs 0, 1 to hidden unit 0, inputs 2, 3 to hidden unit 1, and each hidden unit to an output of
// its own; `mixed`: the second hidden unit reads input 0, too.
Detection two_parts(bool mixed = false) {
  Wired net;
  net.layers = {{"in", 4}, {"hidden", 2}, {"out", 2}};
  net.edges = {{0, 1, {1, 1, 0, 0, mixed ? 1.0 : 0.0, 0, 1, 1}}, {1, 2, {1, 0, 0, 1}}};
  return detect_modules(net, {});
}

TrueModules two_groups(const std::string& kind) {
  TrueModules out;
  out.kind = kind;
  out.inputs = {0, 0, 1, 1};
  out.outputs = {0, 1};
  return out;
}

}  // namespace

TEST_CASE("published networks succeed where the study says so", "[success]") {
  int checked = 0, succeeded = 0;
  for (const Json& net : test::published_nets()) {
    CAPTURE(net["name"].get<std::string>());
    const auto own = success_of(detect_modules(test::wired_of(net), {}), truth_of(net));
    REQUIRE(own);
    const Json& criteria = net["criteria"];
    CHECK(own->inputs == criteria["inputs"].get<bool>());
    CHECK(own->outputs == criteria["outputs"].get<bool>());
    CHECK(own->hidden == criteria["hidden"].get<bool>());
    CHECK(own->middle.has_value() == criteria.contains("middle"));
    if (own->middle) CHECK(*own->middle == criteria["middle"].get<bool>());
    CHECK(own->all == criteria["success"].get<bool>());
    ++checked;
    succeeded += own->all ? 1 : 0;
  }
  CHECK(checked == 120);
  CHECK(succeeded == 84);
}

// The table of the plugin's README.
TEST_CASE("other options find most of the published networks' modules, two criteria do not",
          "[success]") {
  struct Variant {
    LinkageKind linkage = LinkageKind::average;
    PointDistance distance = PointDistance::cosine;
    Criterion criterion = Criterion::modularity;
    Direction direction = Direction::outgoing;
    int succeed = 0, same = 0;
  };
  using L = LinkageKind;
  using D = PointDistance;
  using C = Criterion;
  const Direction out = Direction::outgoing;
  const std::vector<Variant> variants = {
      {L::complete, D::cosine, C::modularity, out, 84, 120},
      {L::single, D::cosine, C::modularity, out, 83, 117},
      {L::average, D::jaccard, C::modularity, out, 85, 116},
      {L::average, D::euclidean, C::modularity, out, 86, 109},
      {L::ward, D::euclidean, C::modularity, out, 86, 109},
      {L::average, D::cosine, C::silhouette, out, 76, 106},
      {L::average, D::cosine, C::calinski_harabasz, out, 31, 55},
      {L::average, D::cosine, C::davies_bouldin, out, 28, 44},
      {L::average, D::cosine, C::modularity, Direction::incoming, 60, 76},
      {L::average, D::cosine, C::modularity, Direction::both, 73, 90}};
  const Json nets = test::published_nets();
  for (size_t i = 0; i < variants.size(); ++i) {
    CAPTURE(i);
    DetectionRule rule;
    rule.layer.linkage = {variants[i].distance, variants[i].linkage};
    rule.layer.criterion = variants[i].criterion;
    rule.direction = variants[i].direction;
    int succeed = 0, same = 0;
    for (const Json& net : nets) {
      const Wired wired = test::wired_of(net);
      const Detection found = detect_modules(wired, rule);
      succeed += success_of(found, truth_of(net))->all ? 1 : 0;
      same += found.modules == detect_modules(wired, {}).modules ? 1 : 0;
    }
    CHECK(succeed == variants[i].succeed);
    CHECK(same == variants[i].same);
  }
}

TEST_CASE("kinds of graphs ask different things of the same modules", "[success]") {
  const Detection parts = two_parts();
  const auto separable = success_of(parts, two_groups("separable"));
  CHECK(separable->all);
  CHECK(separable->hidden == true);
  CHECK_FALSE(separable->middle);
  CHECK(success_of(parts, two_groups("overlapping"))->all);
  CHECK(success_of(parts, two_groups("shared_inputs"))->all);
  CHECK(success_of(parts, two_groups("reused"))->hidden == false);
  CHECK(success_of(parts, two_groups("non_modular"))->hidden == false);
  const auto levels = success_of(parts, two_groups("hierarchical"));
  CHECK(levels->hidden == true);
  CHECK(levels->middle == false);
  CHECK_FALSE(levels->all);
  const auto any = success_of(parts, two_groups(""));
  CHECK(any->all);
  CHECK_FALSE(any->hidden);
}

TEST_CASE("a hidden unit that reads both groups is not separable", "[success]") {
  const Detection mixed = two_parts(true);
  CHECK(success_of(mixed, two_groups("separable"))->hidden == false);
  CHECK(success_of(mixed, two_groups("overlapping"))->hidden == true);  // outputs are apart
}

TEST_CASE("truth that does not fit, and kinds that nobody knows", "[success]") {
  TrueModules other = two_groups("separable");
  other.inputs.push_back(1);
  CHECK_FALSE(success_of(two_parts(), other));
  try {
    success_of(two_parts(), two_groups("seperable"));
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.full().find("kind 'seperable', which is not known") != std::string::npos);
  }
}

TEST_CASE("inputs that nobody reads are no failure where no graph of the study is meant",
          "[success]") {
  Wired net;
  net.layers = {{"in", 6}, {"hidden", 2}, {"out", 2}};
  net.edges = {{0, 1, {1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0}}, {1, 2, {1, 0, 0, 1}}};
  const Detection found = detect_modules(net, {});
  TrueModules truth = two_groups("");
  truth.inputs = {0, 0, 0, 1, 1, 1};
  CHECK(success_of(found, truth)->inputs);
  truth.inputs = {0, 1, 1, 1, 1, 1};
  CHECK_FALSE(success_of(found, truth)->inputs);
  truth.inputs = {0, 0, 2, 1, 1, 2};  // of the last group none is read
  CHECK_FALSE(success_of(found, truth)->inputs);
  truth = two_groups("separable");
  truth.inputs = {0, 0, 0, 1, 1, 1};
  CHECK_FALSE(success_of(found, truth)->inputs);
}
