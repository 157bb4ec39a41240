#include "double_lesion.h"

#include <modhost/random.h>

#include <algorithm>
#include <set>

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

UnitSet joined(UnitSet a, const UnitSet& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  return a;
}

UnitSet without(const UnitSet& live, const UnitSet& taken) {
  const std::set<int64_t> gone(taken.begin(), taken.end());
  UnitSet out;
  for (const int64_t unit : live) {
    if (gone.count(unit) == 0) out.push_back(unit);
  }
  return out;
}

int64_t count(const UnitSet& units) { return static_cast<int64_t>(units.size()); }

UnitSets both(const Member& first, const UnitSet& a, const Member& second, const UnitSet& b) {
  if (first.group == second.group) return {{first.group, joined(a, b)}};
  return {{first.group, a}, {second.group, b}};
}

// The live units that a random `one` is drawn from while `other` is lesioned.
UnitSet choice(const Member& one, const Member& other) {
  return one.group == other.group ? without(one.live, other.units) : one.live;
}

UnitSets random_pair(const Member& first, const Member& second, uint64_t seed) {
  if (first.group == second.group) {
    return {
        {first.group, random_units(first.live, count(first.units) + count(second.units), seed)}};
  }
  return {
      {first.group, random_units(first.live, count(first.units), derive_seed(seed, "first"))},
      {second.group, random_units(second.live, count(second.units), derive_seed(seed, "second"))}};
}

}  // namespace

PairPlan pair_plan(const Member& first, const Member& second, int64_t controls, uint64_t seed) {
  PairPlan plan;
  plan.lesions.push_back(both(first, first.units, second, second.units));
  const UnitSet from = choice(first, second), to = choice(second, first);
  const bool same = first.group == second.group;
  const bool free_first = from.size() > first.units.size();
  const bool free_second = to.size() > second.units.size();
  if (same ? free_first : free_first || free_second) plan.joint = controls;
  if (free_first) plan.first = controls;
  if (free_second) plan.second = controls;
  const auto drawn = [&](const char* kind, int64_t draw) {
    return derive_seed(derive_seed(seed, kind), static_cast<uint64_t>(draw));
  };
  for (int64_t draw = 0; draw < plan.joint; ++draw) {
    plan.lesions.push_back(random_pair(first, second, drawn("joint", draw)));
  }
  for (int64_t draw = 0; draw < plan.first; ++draw) {
    const UnitSet random = random_units(from, count(first.units), drawn("first", draw));
    plan.lesions.push_back(both(first, random, second, second.units));
  }
  for (int64_t draw = 0; draw < plan.second; ++draw) {
    const UnitSet random = random_units(to, count(second.units), drawn("second", draw));
    plan.lesions.push_back(both(first, first.units, second, random));
  }
  return plan;
}

std::vector<DoubleLesion> double_lesions(const Scorer& scorer, const std::vector<Member>& members,
                                         int64_t controls, uint64_t seed,
                                         const Thresholds& thresholds,
                                         const std::function<void(int64_t)>& done) {
  std::vector<DoubleLesion> out;
  for (size_t i = 0; i < members.size(); ++i) {
    for (size_t j = i + 1; j < members.size(); ++j) {
      const Member &first = members[i], &second = members[j];
      const PairPlan plan =
          pair_plan(first, second, controls, derive_seed(derive_seed(seed, i), j));
      const std::vector<Score> scores = scorer(plan.lesions, done);
      auto at = scores.begin() + 1;
      const auto next = [&](int64_t number, const Score& whole) {
        const std::vector<Score> own(at, at + number);
        at += number;
        return compared(scores.front(), own, whole, scorer.by_loss(), thresholds);
      };
      DoubleLesion pair;
      pair.first = i;
      pair.second = j;
      pair.joint = next(plan.joint, scorer.whole());
      pair.first_given_second = next(plan.first, second.own);
      pair.second_given_first = next(plan.second, first.own);
      pair.score = scores.front().overall;
      pair.interaction =
          pair.score - first.own.overall - second.own.overall + scorer.whole().overall;
      out.push_back(std::move(pair));
    }
  }
  return out;
}

std::string dependency_type(bool x_given_y, bool y_given_x) {
  if (x_given_y) return y_given_x ? "IV" : "II";
  return y_given_x ? "III" : "I";
}

}  // namespace modhost_lesion
