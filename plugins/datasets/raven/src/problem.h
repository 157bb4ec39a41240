// One RAVEN problem as levels: nothing here is drawn yet, and nothing is allocated.
#pragma once

#include <array>
#include <cstdint>

#include "attributes.h"
#include "configuration.h"

namespace modhost::raven {

constexpr int kContextPanels = 8;
constexpr int kCandidates = 8;
constexpr int kPanels = kContextPanels + kCandidates;
constexpr int kRulesPerComponent = 4;
constexpr int kUniformLevel = 3;  // the uniformity level that makes all entities of a panel equal

enum class AnswerScheme : uint8_t { raven, iraven, fair };
enum class Split : uint8_t { train, val, test };

struct Entity {
  uint8_t slot = 0;   // index into ComponentLayout::boxes
  uint8_t type = 1;   // 1..
  uint8_t size = 0;   // 0..
  uint8_t color = 0;  // 0..
  uint8_t angle = 0;  // 0..
};

// One component of one panel. The order of the entities matters to the rules.
struct Group {
  uint8_t count = 0;
  uint8_t uniformity = 0;  // level 0..3
  std::array<Entity, kMaxSlots> entities;

  bool uniform() const { return uniformity == kUniformLevel; }
  // Bit i is set when slot i is taken.
  uint32_t slot_mask() const;
};

struct Panel {
  std::array<Group, kMaxComponents> groups;
};

enum class RuleKind : uint8_t { constant, progression, arithmetic, distribute_three };
const char* rule_name(RuleKind kind);

struct Rule {
  RuleKind kind = RuleKind::constant;
  Attribute attribute = Attribute::number_position;
  int8_t value = 0;  // progression -2, -1, 1, 2; arithmetic 1, -1; otherwise 0
};

// Of one component: number or position, type, size, color.
using ComponentRules = std::array<Rule, kRulesPerComponent>;
using RuleSet = std::array<ComponentRules, kMaxComponents>;

// What makes a candidate differ from the correct answer.
struct Change {
  uint8_t component = 0;
  Attribute attribute = Attribute::type;
};
struct ChangeList {
  uint8_t count = 0;
  std::array<Change, 8> items;

  void add(Change change);  // a change already listed is not listed twice
};

struct Problem {
  Configuration configuration = Configuration::center_single;
  AnswerScheme scheme = AnswerScheme::iraven;
  RuleSet rules;
  std::array<Panel, kContextPanels> context;  // row-major, the ninth cell is the question
  std::array<Panel, kCandidates> candidates;
  std::array<ChangeList, kCandidates> changes;  // empty for the correct candidate
  int target = 0;                               // 0..7
  int predicted = 0;                            // 0..7, what the symbolic solver chooses

  // Panel 0..15: the context, then the candidates.
  const Panel& panel(int index) const {
    return index < kContextPanels ? context[index] : candidates[index - kContextPanels];
  }
};

const char* scheme_name(AnswerScheme scheme);
const char* split_name(Split split);
AnswerScheme parse_scheme(std::string_view name);
Split parse_split(std::string_view name);
// k mod 10: 0-5 train, 6-7 val, 8-9 test, as in the original data.
Split split_of_index(uint64_t k);

}  // namespace modhost::raven
