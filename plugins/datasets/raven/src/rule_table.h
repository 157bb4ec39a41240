// Which rules a component can follow, and the levels its first panels may then take.
//
// The papers draw all rules and start again until every range is non-empty. The groups do not
// influence each other, so drawing from the valid rules of each group with the same weights gives
// the same distribution without a single rejection.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "problem.h"
#include "random_stream.h"

namespace modhost::raven {

struct LevelRange {
  int low = 0;
  int high = 0;  // included
  int levels() const { return high - low + 1; }
};

// The levels that one component may take.
struct LevelRanges {
  LevelRange number, type, size, color;
  int slots = 1;
  int angles = 1;

  LevelRange& of(Attribute attribute);
  const LevelRange& of(Attribute attribute) const;
};

// Which rules are allowed, one bit per RuleKind for each attribute; the default allows all.
// number_position only has the constant rule.
struct RuleFilter {
  std::array<uint8_t, 6> allowed = {0xf, 0xf, 0xf, 0xf, 0xf, 0xf};

  bool allows(RuleKind kind, Attribute attribute) const;
};

// Names like "Progression" (for every attribute) or "Size:Arithmetic" (for one). Attributes that
// no name mentions keep all their rules; no names at all allow everything.
RuleFilter parse_rule_filter(const std::vector<std::string>& names);

// Before any rule is chosen.
LevelRanges original_ranges(const ComponentLayout& layout, const ValueLists& values);

// The range of the first panel of each row under `rule`, or nothing when no level is left.
std::optional<LevelRanges> prune(const LevelRanges& ranges, const Rule& rule);

// The valid rules of one component with integer weights.
class RuleTable {
 public:
  // An attribute with a single level is constant whatever the filter says. Error(config) when a
  // group is left without a rule; `where` names the configuration in the message.
  RuleTable(const LevelRanges& ranges, const RuleFilter& filter, const std::string& where);

  ComponentRules draw(RandomStream& random) const;

  // Probability of a rule within its group, for tests and reports.
  double probability(const Rule& rule) const;

 private:
  struct Choice {
    Rule rule;
    int weight;
  };
  std::array<std::vector<Choice>, kRulesPerComponent> groups_;
  std::array<int, kRulesPerComponent> totals_{};
};

}  // namespace modhost::raven
