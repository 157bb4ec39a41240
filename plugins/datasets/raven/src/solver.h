// A symbolic solver: counts the rules each candidate satisfies. It shares no code with the
// generator, so that a problem it solves is well posed.
#pragma once

#include <array>

#include "problem.h"

namespace modhost::raven {

struct Solution {
  int choice = 0;                            // the first candidate with the highest score
  bool unique = false;                       // no other candidate reaches that score
  std::array<int, kCandidates> satisfied{};  // rules satisfied, of 4 per component
};

// Uses configuration, rules (with their values), context and candidates; not the target.
Solution solve(const Problem& problem);

// Satisfied rules of one candidate, 0 to 4 per component.
int satisfied_rules(const Problem& problem, const Panel& candidate);

// Official files do not store the values of Progression and Arithmetic rules: finds values that
// explain the first two rows. False when a rule does not fit them whatever its value.
bool infer_rule_values(Problem& problem);

}  // namespace modhost::raven
