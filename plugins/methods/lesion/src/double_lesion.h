// Two sub-clusters lesioned together: what one still does when the other is gone (Filan et al.
// 2021, "double lesions").
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scores.h"
#include "silenced.h"
#include "single_lesion.h"

namespace modhost_lesion {

// A sub-cluster that was lesioned alone.
struct Member {
  std::string layer;
  int64_t label = 0, group = 0;
  UnitSet units, live;  // live units of the layer
  Score own;
  bool important = false;
};

// Of two members, first < second in the order of the layers.
struct DoubleLesion {
  size_t first = 0, second = 0;
  SingleResult joint;  // both, beside two random sets
  // One more lesion where the other is there already: the other is the true one in all of them, the
  // one is drawn at random. Difference and damage count from the lesion of the other alone.
  SingleResult first_given_second, second_given_first;
  double score = 0;        // with both
  double interaction = 0;  // difference of both less the differences of each
};

// The lesions of a pair that are to be run: the true one, `controls` with two random sets (disjoint
// where both are in one layer, so that as many units are lost), as many with a random first beside
// the true second, and the other way round. Random ones are left out where there is but one choice.
struct PairPlan {
  std::vector<UnitSets> lesions;
  int64_t joint = 0, first = 0, second = 0;  // controls of each kind
};
PairPlan pair_plan(const Member& first, const Member& second, int64_t controls, uint64_t seed);

// All pairs; `done` hears how many lesions are finished.
std::vector<DoubleLesion> double_lesions(const Scorer& scorer, const std::vector<Member>& members,
                                         int64_t controls, uint64_t seed,
                                         const Thresholds& thresholds,
                                         const std::function<void(int64_t)>& done);

// Of two important sub-clusters of different layers, X before Y: "I" neither matters without the
// other, "II" all that Y needs comes from X (X matters without Y, Y not without X), "III" all that
// X does goes to Y, "IV" each matters without the other, which tells nothing.
std::string dependency_type(bool x_given_y, bool y_given_x);

}  // namespace modhost_lesion
