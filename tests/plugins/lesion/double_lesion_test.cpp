// Pairs of sub-clusters: what is lesioned, and what follows from it.
#include "double_lesion.h"

#include <catch2/catch.hpp>
#include <set>

#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;
using namespace modhost_lesion;

namespace {

Member member(int64_t group, UnitSet units, UnitSet live) {
  Member out;
  out.group = group;
  out.units = std::move(units);
  out.live = std::move(live);
  return out;
}

const UnitSet kLive{0, 1, 2, 3, 4, 6, 7, 9};

}  // namespace

TEST_CASE("a pair in two layers", "[double]") {
  const PairPlan plan = pair_plan(member(1, {0, 1}, kLive), member(2, {3, 4, 6}, kLive), 5, 1);
  REQUIRE(plan.lesions.size() == 16);
  CHECK(plan.lesions[0] == UnitSets{{1, {0, 1}}, {2, {3, 4, 6}}});
  bool first_varies = false, second_varies = false;
  for (size_t i = 1; i < 16; ++i) {
    CHECK(plan.lesions[i].at(1).size() == 2);
    CHECK(plan.lesions[i].at(2).size() == 3);
    const bool own_first = plan.lesions[i].at(1) == UnitSet{0, 1};
    const bool own_second = plan.lesions[i].at(2) == UnitSet{3, 4, 6};
    if (i > 10) CHECK(own_first);
    if (i > 5 && i <= 10) CHECK(own_second);
    first_varies = first_varies || (i > 5 && i <= 10 && !own_first);
    second_varies = second_varies || (i > 10 && !own_second);
  }
  CHECK(first_varies);
  CHECK(second_varies);
}

TEST_CASE("random groups of one layer never overlap", "[double]") {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const PairPlan plan = pair_plan(member(1, {0, 1}, kLive), member(1, {3, 4, 6}, kLive), 4, seed);
    REQUIRE(plan.lesions.size() == 13);
    for (size_t i = 0; i < 13; ++i) {
      const UnitSet& units = plan.lesions[i].at(1);
      const std::set<int64_t> distinct(units.begin(), units.end());
      CHECK(distinct.size() == 5);
      for (const int64_t unit : {3, 4, 6}) {
        if (i > 4 && i <= 8) CHECK(distinct.count(unit) == 1);
      }
      for (const int64_t unit : {0, 1}) {
        if (i > 8) CHECK(distinct.count(unit) == 1);
      }
    }
  }
}

TEST_CASE("where there is one choice there are no controls", "[double]") {
  const PairPlan plan = pair_plan(member(1, {0, 1}, {0, 1, 5}), member(1, {5}, {0, 1, 5}), 4, 1);
  CHECK(plan.lesions.size() == 1);
  const PairPlan one = pair_plan(member(1, {0, 1}, {0, 1}), member(2, {5}, {5, 6}), 4, 1);
  CHECK(one.joint == 4);
  CHECK(one.first == 0);
  CHECK(one.second == 4);
}

TEST_CASE("types of dependencies", "[double]") {
  CHECK(dependency_type(false, false) == "I");
  CHECK(dependency_type(true, false) == "II");
  CHECK(dependency_type(false, true) == "III");
  CHECK(dependency_type(true, true) == "IV");
}

namespace {

// Two paths side by side, input i through unit i of a and unit i of b to output i; the target is 1
// for all.
class Ones : public Source {
 public:
  int64_t size() const override { return 4; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const auto n = static_cast<int64_t>(indices.size());
    return {torch::ones({n, 4}, torch::kDouble), torch::ones({n, 4}, torch::kDouble)};
  }
};

}  // namespace

TEST_CASE("double lesions of parallel paths", "[double]") {
  Signature signature = of_features(4, 4);
  signature.output = Output::values;
  Net net(signature);
  for (const char* name : {"a", "b", "out"}) net.push<nn::LinearLayer>(-1, {}, name, 4, 4, false);
  net.to(torch::kDouble);
  net.require_gradients(false);
  for (auto& [name, tensor] : net.state()) tensor.copy_(torch::eye(4, torch::kDouble));
  const UnitNetwork network = unit_network(net, {UnitKinds::all, {}, {}, {}, true});
  const Ones source;
  const Scorer scorer(net, network, source, {}, 3);
  CHECK(scorer.whole().overall == 0);
  // Each unit that is gone costs an eighth: half its squared error, averaged over four outputs.
  std::vector<Member> members{member(1, {0, 1}, {0, 1, 2, 3}), member(2, {0, 1}, {0, 1, 2, 3}),
                              member(2, {2, 3}, {0, 1, 2, 3})};
  for (Member& own : members) own.own.overall = 0.25;
  int64_t finished = 0;
  const auto found = double_lesions(scorer, members, 20, 7, {0.5, 0.01, 0},
                                    [&](int64_t count) { finished += count; });
  REQUIRE(found.size() == 3);
  // The same path twice costs no more than once; random other units always do at least as much.
  CHECK(found[0].score == Approx(0.25));
  CHECK(found[0].interaction == Approx(-0.25));
  CHECK(found[0].second_given_first.difference == Approx(0).margin(1e-12));
  CHECK(*found[0].second_given_first.mean > 0.25);
  CHECK(*found[0].second_given_first.p > 0.5);
  CHECK(found[0].second_given_first.taxonomy != "important");
  // The other path costs its full share.
  CHECK(found[1].score == Approx(0.5));
  CHECK(found[1].interaction == Approx(0).margin(1e-12));
  CHECK(found[1].second_given_first.difference == Approx(0.25));
  CHECK(*found[1].second_given_first.p < 0.5);
  CHECK(found[1].second_given_first.taxonomy == "important");
  // Two halves of a layer: no other choice, no p.
  CHECK(!found[2].joint.p.has_value());
  CHECK(finished == 61 + 61 + 1);
}
