// RAVEN: every distractor is the answer with one attribute changed.
#include "answers.h"
#include "entity_draw.h"

namespace modhost::raven {
namespace {

// What earlier distractors used, so that no value occurs twice.
struct Memory {
  UsedSlotSets sets;
  uint32_t levels[3][kMaxSlots] = {};  // by attribute and entity, one bit per level
};

size_t attribute_index(Attribute attribute) {
  return static_cast<size_t>(attribute) - static_cast<size_t>(Attribute::type);
}

// A level of `range` whose bit in `used` is not set; sets it. -1 when there is none.
int take_level(const LevelRange& range, uint32_t& used, RandomStream& random) {
  std::array<int, kMaxValues> free{};
  int count = 0;
  for (int level = range.low; level <= range.high; ++level) {
    if ((used >> level & 1) == 0) free[static_cast<size_t>(count++)] = level;
  }
  if (count == 0) return -1;
  const int level = free[static_cast<size_t>(random.below(count))];
  used |= uint32_t{1} << level;
  return level;
}

bool change_levels(Group& group, Attribute attribute, const LevelRange& range, Memory& memory,
                   RandomStream& random) {
  for (int index = 0; index < group.count; ++index) {
    Entity& entity = group.entities[static_cast<size_t>(index)];
    uint32_t& used = memory.levels[attribute_index(attribute)][index];
    used |= uint32_t{1} << level_of(entity, attribute);
    const int level = take_level(range, used, random);
    if (level < 0) return false;
    set_level(entity, attribute, level);
  }
  return true;
}

bool change_position(Group& group, int slots, Memory& memory, RandomStream& random) {
  const uint32_t mask = memory.sets.draw(slots, group.count, random);
  if (mask == 0) return false;
  memory.sets.add(mask);
  place_shuffled(group, mask, random);
  return true;
}

bool change_number(Group& group, const LevelRanges& original, const LevelRanges& ranges,
                   Memory& memory, RandomStream& random) {
  uint32_t full = uint32_t{1} << (group.count - 1);
  uint32_t mask = 0;
  while (mask == 0) {
    const int level = take_level(original.number, full, random);
    if (level < 0) return false;
    mask = memory.sets.draw(original.slots, level + 1, random);
  }
  memory.sets.add(mask);
  place_shuffled(group, mask, random);
  draw_entities(group, ranges, random);
  return true;
}

}  // namespace

bool draw_raven_answers(const FigurePlan& plan, const Problem& problem, const Panel& answer,
                        RandomStream& random, AnswerSet& set) {
  ChangeableList list = changeable_attributes(plan, problem.rules, answer);
  Memory memory[kMaxComponents];
  LevelRanges pruned[kMaxComponents];
  for (int component = 0; component < plan.components(); ++component) {
    memory[component].sets.add(answer.groups[static_cast<size_t>(component)].slot_mask());
    pruned[component] = plan.ranges(component);
    for (const Rule& rule : problem.rules[static_cast<size_t>(component)]) {
      if (const auto ranges = prune(pruned[component], rule)) pruned[component] = *ranges;
    }
  }
  set.add(answer, {});
  while (set.count < kCandidates) {
    if (list.count == 0) return false;
    const auto chosen = static_cast<size_t>(random.below(list.count));
    const Change what = list.items[chosen].what;
    if (--list.items[chosen].uses == 0) {
      list.items[chosen] = list.items[static_cast<size_t>(--list.count)];
    }
    Panel panel = answer;
    Group& group = panel.groups[what.component];
    const LevelRanges& original = plan.ranges(what.component);
    Memory& used = memory[what.component];
    bool changed = false;
    if (what.attribute == Attribute::number) {
      changed = change_number(group, original, pruned[what.component], used, random);
    } else if (what.attribute == Attribute::position) {
      changed = change_position(group, original.slots, used, random);
    } else {
      changed = change_levels(group, what.attribute, original.of(what.attribute), used, random);
    }
    if (!changed) return false;
    ChangeList changes;
    changes.add(what);
    set.add(panel, changes);
  }
  return true;
}

}  // namespace modhost::raven
