#include "answers.h"

#include "entity_draw.h"

namespace modhost::raven {
namespace {

constexpr Attribute kEntityAttributes[] = {Attribute::type, Attribute::size, Attribute::color};

// A constant attribute is noise when the entities are drawn anew within a row.
bool is_noise(const Rule& rule, const Rule& position_rule, const Group& answer) {
  if (rule.kind != RuleKind::constant || answer.uniform()) return false;
  if (position_rule.kind == RuleKind::constant) return false;
  return position_rule.attribute != Attribute::position ||
         position_rule.kind == RuleKind::arithmetic;
}

}  // namespace

void AnswerSet::add(const Panel& panel, const ChangeList& change) {
  panels[static_cast<size_t>(count)] = panel;
  changes[static_cast<size_t>(count)] = change;
  ++count;
}

ChangeableList changeable_attributes(const FigurePlan& plan, const RuleSet& rules,
                                     const Panel& answer) {
  ChangeableList list;
  const auto add = [&list](int component, Attribute attribute, int uses, bool same_for_all) {
    if (uses <= 0) return;
    Changeable& item = list.items[static_cast<size_t>(list.count++)];
    item = {{static_cast<uint8_t>(component), attribute}, uses, same_for_all};
  };
  for (int component = 0; component < plan.components(); ++component) {
    const LevelRanges& ranges = plan.ranges(component);
    const Group& group = answer.groups[static_cast<size_t>(component)];
    const ComponentRules& component_rules = rules[static_cast<size_t>(component)];
    const Rule& position_rule = component_rules[0];
    if (ranges.slots > 1) {
      int others = 0;
      for (int level = ranges.number.low; level <= ranges.number.high; ++level) {
        if (level + 1 != group.count) others += arrangements(ranges.slots, level + 1);
      }
      add(component, Attribute::number, others, true);
    }
    if (position_rule.attribute != Attribute::number) {
      add(component, Attribute::position, arrangements(ranges.slots, group.count) - 1, true);
    }
    for (size_t index = 0; index < 3; ++index) {
      const Rule& rule = component_rules[index + 1];
      if (is_noise(rule, position_rule, group)) continue;
      const bool same = rule.kind != RuleKind::constant || group.uniform();
      add(component, kEntityAttributes[index], ranges.of(kEntityAttributes[index]).levels() - 1,
          same);
    }
  }
  return list;
}

}  // namespace modhost::raven
