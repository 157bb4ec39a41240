#include "rule_table.h"

#include <algorithm>

#include "modhost/error.h"

namespace modhost::raven {
namespace {

constexpr RuleKind kKinds[] = {RuleKind::constant, RuleKind::progression, RuleKind::arithmetic,
                               RuleKind::distribute_three};
constexpr int kEntryWeight = 4;  // divisible by the 1, 2 or 4 parameters of an entry

struct Entry {
  RuleKind kind;
  Attribute attribute;
};

// The entries of the four groups; each is equally likely before pruning.
const std::array<std::vector<Entry>, kRulesPerComponent>& entries() {
  using K = RuleKind;
  using A = Attribute;
  static const std::array<std::vector<Entry>, kRulesPerComponent> groups = {{
      {{K::progression, A::number},
       {K::progression, A::position},
       {K::arithmetic, A::number},
       {K::arithmetic, A::position},
       {K::distribute_three, A::number},
       {K::distribute_three, A::position},
       {K::constant, A::number_position}},
      {{K::progression, A::type}, {K::distribute_three, A::type}, {K::constant, A::type}},
      {{K::progression, A::size},
       {K::arithmetic, A::size},
       {K::distribute_three, A::size},
       {K::constant, A::size}},
      {{K::progression, A::color},
       {K::arithmetic, A::color},
       {K::distribute_three, A::color},
       {K::constant, A::color}},
  }};
  return groups;
}

std::vector<int> parameters(RuleKind kind) {
  if (kind == RuleKind::progression) return {-2, -1, 1, 2};
  if (kind == RuleKind::arithmetic) return {1, -1};
  return {0};
}

void prune_progression(LevelRanges& ranges, const Rule& rule) {
  const int reach = 2 * std::abs(rule.value);
  if (rule.attribute == Attribute::position) {
    ranges.number.high -= reach;
  } else if (rule.value > 0) {
    ranges.of(rule.attribute).high -= reach;
  } else {
    ranges.of(rule.attribute).low += reach;
  }
}

void prune_arithmetic(LevelRanges& ranges, const Rule& rule) {
  const bool plus = rule.value > 0;
  if (rule.attribute == Attribute::position) {
    if (!plus) ranges.number.low = (ranges.number.high + 2) / 2 - 1;
    ranges.number.high -= 1;
    return;
  }
  LevelRange& range = ranges.of(rule.attribute);
  if (rule.attribute == Attribute::color) {  // level 0 is the value zero
    if (range.levels() < 2) {
      range = {1, 0};
    } else if (plus) {
      range.high -= range.low;
    } else {
      range.low *= 2;
    }
  } else if (plus) {  // level 0 is the value one
    range.high -= range.low + 1;
  } else {
    range.low = 2 * range.low + 1;
  }
}

void prune_distribute(LevelRanges& ranges, const Rule& rule) {
  if (rule.attribute == Attribute::position) {
    ranges.number.high -= ranges.number.high + 1 < 3 ? kMaxSlots : 1;
  } else if (ranges.of(rule.attribute).levels() < 3) {
    ranges.of(rule.attribute) = {1, 0};
  }
}

// The range that decides whether only one level exists at all.
const LevelRange& varied_range(const LevelRanges& ranges, size_t group) {
  return group == 0   ? ranges.number
         : group == 1 ? ranges.type
         : group == 2 ? ranges.size
                      : ranges.color;
}

}  // namespace

LevelRange& LevelRanges::of(Attribute attribute) {
  return attribute == Attribute::type    ? type
         : attribute == Attribute::size  ? size
         : attribute == Attribute::color ? color
                                         : number;
}

const LevelRange& LevelRanges::of(Attribute attribute) const {
  return const_cast<LevelRanges*>(this)->of(attribute);
}

bool RuleFilter::allows(RuleKind kind, Attribute attribute) const {
  return (allowed[static_cast<size_t>(attribute)] >> static_cast<int>(kind) & 1) != 0;
}

RuleFilter parse_rule_filter(const std::vector<std::string>& names) {
  std::array<uint8_t, 6> named{};
  bool any_plain = false;
  for (const std::string& name : names) {
    const size_t colon = name.find(':');
    const std::string kind_text = colon == std::string::npos ? name : name.substr(colon + 1);
    const std::string attribute_text = colon == std::string::npos ? "" : name.substr(0, colon);
    bool known = false;
    for (const RuleKind kind : kKinds) {
      if (kind_text != rule_name(kind)) continue;
      for (size_t attribute = 0; attribute < named.size(); ++attribute) {
        if (colon != std::string::npos &&
            attribute_text != attribute_name(static_cast<Attribute>(attribute))) {
          continue;
        }
        named[attribute] |= static_cast<uint8_t>(1 << static_cast<int>(kind));
        known = true;
      }
    }
    any_plain |= colon == std::string::npos;
    if (!known) {
      throw Error(ErrorCode::config,
                  "rule '" + name + "' is unknown, needed Constant, Progression, Arithmetic or " +
                      "Distribute_Three, alone or after Number:, Position:, Type:, Size:, Color: " +
                      "or Number/Position:");
    }
  }
  RuleFilter filter;
  if (any_plain) {
    filter.allowed = named;
    return filter;
  }
  // Number and Position share one rule, so naming either restricts the whole group.
  const bool first_group = named[0] != 0 || named[1] != 0 || named[5] != 0;
  for (size_t attribute = 0; attribute < named.size(); ++attribute) {
    const bool in_first = attribute < 2 || attribute == 5;
    if (in_first ? first_group : named[attribute] != 0)
      filter.allowed[attribute] = named[attribute];
  }
  return filter;
}

LevelRanges original_ranges(const ComponentLayout& layout, const ValueLists& values) {
  const int sizes = static_cast<int>(values.sizes.size());
  const int colors = static_cast<int>(values.colors.size());
  LevelRanges ranges;
  ranges.slots = layout.slots;
  ranges.angles = static_cast<int>(values.angles.size());
  ranges.number = {0, layout.slots - 1};
  ranges.type = {1, static_cast<int>(values.types.size())};
  // A list too short for the smallest size of the layout keeps its largest size.
  ranges.size = {std::min(layout.smallest_size_level, sizes - 1), sizes - 1};
  ranges.color = {0, layout.container ? 0 : colors - 1};
  return ranges;
}

std::optional<LevelRanges> prune(const LevelRanges& ranges, const Rule& rule) {
  LevelRanges pruned = ranges;
  if (rule.kind == RuleKind::progression) prune_progression(pruned, rule);
  if (rule.kind == RuleKind::arithmetic) prune_arithmetic(pruned, rule);
  if (rule.kind == RuleKind::distribute_three) prune_distribute(pruned, rule);
  const bool valid = pruned.number.levels() > 0 && pruned.type.levels() > 0 &&
                     pruned.size.levels() > 0 && pruned.color.levels() > 0;
  return valid ? std::optional<LevelRanges>(pruned) : std::nullopt;
}

RuleTable::RuleTable(const LevelRanges& ranges, const RuleFilter& filter,
                     const std::string& where) {
  for (size_t group = 0; group < groups_.size(); ++group) {
    const bool fixed = varied_range(ranges, group).levels() == 1;
    for (const Entry& entry : entries()[group]) {
      const bool forced = fixed && entry.kind == RuleKind::constant;
      if (!forced && !filter.allows(entry.kind, entry.attribute)) continue;
      const std::vector<int> values = parameters(entry.kind);
      for (const int value : values) {
        const Rule rule = {entry.kind, entry.attribute, static_cast<int8_t>(value)};
        if (!prune(ranges, rule)) continue;
        const int weight = kEntryWeight / static_cast<int>(values.size());
        groups_[group].push_back({rule, weight});
        totals_[group] += weight;
      }
    }
    if (groups_[group].empty()) {
      const char* names[] = {"Number and Position", "Type", "Size", "Color"};
      throw Error(ErrorCode::config, where + " - no allowed rule fits the " +
                                         std::to_string(varied_range(ranges, group).levels()) +
                                         " levels of " + names[group] +
                                         ", allow Constant or more values");
    }
  }
}

ComponentRules RuleTable::draw(RandomStream& random) const {
  ComponentRules rules;
  for (size_t group = 0; group < groups_.size(); ++group) {
    int left = random.below(totals_[group]);
    for (const Choice& choice : groups_[group]) {
      rules[group] = choice.rule;
      left -= choice.weight;
      if (left < 0) break;
    }
  }
  return rules;
}

double RuleTable::probability(const Rule& rule) const {
  for (size_t group = 0; group < groups_.size(); ++group) {
    for (const Choice& choice : groups_[group]) {
      if (choice.rule.kind == rule.kind && choice.rule.attribute == rule.attribute &&
          choice.rule.value == rule.value) {
        return static_cast<double>(choice.weight) / totals_[group];
      }
    }
  }
  return 0.0;
}

}  // namespace modhost::raven
