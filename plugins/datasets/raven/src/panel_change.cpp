#include "panel_change.h"

namespace modhost::raven {
namespace {

SlotOrder shuffled_slots(uint32_t mask, RandomStream& random) {
  Group group;
  place_shuffled(group, mask, random);
  SlotOrder order{};
  for (size_t entity = 0; entity < group.count; ++entity) {
    order[entity] = group.entities[entity].slot;
  }
  return order;
}

int other_level(const LevelRange& range, int level, RandomStream& random) {
  const int drawn = random.between(range.low, range.high - 1);
  return drawn >= level ? drawn + 1 : drawn;
}

bool draw_levels(const Changeable& changeable, const Group& group, const LevelRange& range,
                 RandomStream& random, PanelChange& change) {
  if (range.levels() < 2) return false;
  for (size_t entity = 0; entity < group.count; ++entity) {
    const bool copy = entity > 0 && changeable.same_for_all;
    const int level = level_of(group.entities[entity], changeable.what.attribute);
    change.levels[entity] =
        copy ? change.levels[0] : static_cast<uint8_t>(other_level(range, level, random));
  }
  return true;
}

bool draw_position(const Group& group, int slots, ChangeMemory& memory, RandomStream& random,
                   PanelChange& change) {
  memory.sets.add(group.slot_mask());
  const uint32_t mask = memory.sets.draw(slots, group.count, random);
  if (mask == 0) return false;
  memory.sets.add(mask);
  change.slots = shuffled_slots(mask, random);
  return true;
}

// A level that is not the current one, not used since the last reset, and has enough sets left.
int draw_number(const LevelRanges& ranges, int current, int needed, ChangeMemory& memory,
                RandomStream& random) {
  for (int round = 0; round < 2; ++round) {
    std::array<int, kMaxSlots> levels{};
    int count = 0;
    for (int level = ranges.number.low; level <= ranges.number.high; ++level) {
      if (level == current || (memory.numbers >> level & 1) != 0) continue;
      if (memory.sets.left(ranges.slots, level + 1) < needed) continue;
      levels[static_cast<size_t>(count++)] = level;
    }
    if (count > 0) return levels[static_cast<size_t>(random.below(count))];
    memory.numbers = 0;
  }
  return -1;
}

// Which entities a panel of `count` keeps: a random part of them, or all and some again.
void draw_sources(int old_count, int count, RandomStream& random, PanelChange& change) {
  std::array<uint8_t, kMaxSlots> order = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  int filled = 0;
  for (; filled + old_count <= count; filled += old_count) {
    for (int entity = 0; entity < old_count; ++entity) {
      change.source[static_cast<size_t>(filled + entity)] = static_cast<uint8_t>(entity);
    }
  }
  random.shuffle(order.data(), old_count, count - filled);
  for (int rest = 0; filled < count; ++rest, ++filled) {
    change.source[static_cast<size_t>(filled)] = order[static_cast<size_t>(rest)];
  }
}

bool draw_count(const Group& group, const LevelRanges& ranges, bool two_sets, ChangeMemory& memory,
                RandomStream& random, PanelChange& change) {
  const int level = draw_number(ranges, group.count - 1, two_sets ? 2 : 1, memory, random);
  if (level < 0) return false;
  memory.numbers |= uint32_t{1} << level;
  change.count = static_cast<uint8_t>(level + 1);
  draw_sources(group.count, change.count, random, change);
  for (SlotOrder* slots : {&change.slots, &change.other_slots}) {
    if (slots == &change.other_slots && !two_sets) break;
    const uint32_t mask = memory.sets.draw(ranges.slots, change.count, random);
    memory.sets.add(mask);
    *slots = shuffled_slots(mask, random);
  }
  return true;
}

}  // namespace

void PanelChange::apply(Panel& panel, bool moved) const {
  Group& group = panel.groups[what.component];
  if (what.attribute == Attribute::number) {
    const Group before = group;
    group.count = count;
    for (size_t entity = 0; entity < count; ++entity) {
      group.entities[entity] = before.entities[source[entity]];
      group.entities[entity].slot = moved ? other_slots[entity] : slots[entity];
    }
    return;
  }
  for (size_t entity = 0; entity < group.count; ++entity) {
    if (what.attribute == Attribute::position) {
      group.entities[entity].slot = slots[entity];
    } else {
      set_level(group.entities[entity], what.attribute, levels[entity]);
    }
  }
}

bool draw_change(const Changeable& changeable, const Panel& panel, const LevelRanges& ranges,
                 bool two_sets, ChangeMemory& memory, RandomStream& random, PanelChange& change) {
  change = PanelChange();
  change.what = changeable.what;
  const Group& group = panel.groups[changeable.what.component];
  switch (changeable.what.attribute) {
    case Attribute::number:
      return draw_count(group, ranges, two_sets, memory, random, change);
    case Attribute::position:
      return draw_position(group, ranges.slots, memory, random, change);
    default:
      return draw_levels(changeable, group, ranges.of(changeable.what.attribute), random, change);
  }
}

}  // namespace modhost::raven
