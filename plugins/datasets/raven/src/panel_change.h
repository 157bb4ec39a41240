// One drawn change of one attribute, which can be applied to several panels alike.
#pragma once

#include "answers.h"
#include "entity_draw.h"

namespace modhost::raven {

// What changes of the same answer set used before.
struct ChangeMemory {
  uint32_t numbers = 0;  // bit per number level, since the last reset
  UsedSlotSets sets;
};

// Slots in the order of the entities that take them.
using SlotOrder = std::array<uint8_t, kMaxSlots>;

struct PanelChange {
  Change what;
  std::array<uint8_t, kMaxSlots> levels{};  // type, size, color: new level of each entity
  uint8_t count = 0;                        // number: new count
  std::array<uint8_t, kMaxSlots> source{};  // number: which old entity each new one copies
  SlotOrder slots{};                        // number, position
  SlotOrder other_slots{};                  // number: for panels whose position was changed as well

  void apply(Panel& panel, bool moved = false) const;
};

// Draws a change relative to `panel`. With `two_sets`, a number change gets two slot sets. False
// when no value is left.
bool draw_change(const Changeable& changeable, const Panel& panel, const LevelRanges& ranges,
                 bool two_sets, ChangeMemory& memory, RandomStream& random, PanelChange& change);

}  // namespace modhost::raven
