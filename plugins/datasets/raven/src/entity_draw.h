// Random entities, slots and counts: the draws that matrices and candidates share.
#pragma once

#include "problem.h"
#include "random_stream.h"
#include "rule_table.h"

namespace modhost::raven {

uint8_t level_of(const Entity& entity, Attribute attribute);
void set_level(Entity& entity, Attribute attribute, int level);
void set_all_levels(Group& group, Attribute attribute, int level);

// All four attributes anew; the slot stays.
void draw_attributes(Entity& entity, const LevelRanges& ranges, RandomStream& random);

// The attributes of all entities anew: equal when the group is uniform, else independent.
void draw_entities(Group& group, const LevelRanges& ranges, RandomStream& random);

// `count` distinct slots in random order; sets the count.
void draw_slots(Group& group, int count, int slots, RandomStream& random);

// Puts the entities into the slots of `mask`, lowest first; sets the count.
void place_in_order(Group& group, uint32_t mask);

// A set of slots, one bit each.
int slots_in(uint32_t mask);
// C(slots, count)
int arrangements(int slots, int count);

// Remembers which slot sets were used.
class UsedSlotSets {
 public:
  void add(uint32_t mask) { words_[mask / 64] |= uint64_t{1} << (mask % 64); }
  bool has(uint32_t mask) const { return (words_[mask / 64] >> (mask % 64) & 1) != 0; }
  // Unused sets of `count` slots.
  int left(int slots, int count) const;
  // A uniformly drawn unused set of `count` slots, or 0 when none is left.
  uint32_t draw(int slots, int count, RandomStream& random) const;

 private:
  std::array<uint64_t, 8> words_{};  // 2^9 sets
};

// The slots of `mask` in random order as the slots of the entities; count unchanged.
void place_shuffled(Group& group, uint32_t mask, RandomStream& random);

}  // namespace modhost::raven
