#include "entity_draw.h"

namespace modhost::raven {

uint8_t level_of(const Entity& entity, Attribute attribute) {
  return attribute == Attribute::type   ? entity.type
         : attribute == Attribute::size ? entity.size
                                        : entity.color;
}

void set_level(Entity& entity, Attribute attribute, int level) {
  const auto value = static_cast<uint8_t>(level);
  if (attribute == Attribute::type) entity.type = value;
  if (attribute == Attribute::size) entity.size = value;
  if (attribute == Attribute::color) entity.color = value;
}

void set_all_levels(Group& group, Attribute attribute, int level) {
  for (int entity = 0; entity < group.count; ++entity) {
    set_level(group.entities[entity], attribute, level);
  }
}

void draw_attributes(Entity& entity, const LevelRanges& ranges, RandomStream& random) {
  entity.type = static_cast<uint8_t>(random.between(ranges.type.low, ranges.type.high));
  entity.size = static_cast<uint8_t>(random.between(ranges.size.low, ranges.size.high));
  entity.color = static_cast<uint8_t>(random.between(ranges.color.low, ranges.color.high));
  entity.angle = static_cast<uint8_t>(random.below(ranges.angles));
}

void draw_entities(Group& group, const LevelRanges& ranges, RandomStream& random) {
  for (int entity = 0; entity < group.count; ++entity) {
    if (entity > 0 && group.uniform()) {
      const uint8_t slot = group.entities[entity].slot;
      group.entities[entity] = group.entities[0];
      group.entities[entity].slot = slot;
    } else {
      draw_attributes(group.entities[entity], ranges, random);
    }
  }
}

void draw_slots(Group& group, int count, int slots, RandomStream& random) {
  std::array<uint8_t, kMaxSlots> order = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  random.shuffle(order.data(), slots, count);
  group.count = static_cast<uint8_t>(count);
  for (int entity = 0; entity < count; ++entity) group.entities[entity].slot = order[entity];
}

void place_in_order(Group& group, uint32_t mask) {
  group.count = 0;
  for (uint8_t slot = 0; slot < kMaxSlots; ++slot) {
    if ((mask >> slot & 1) != 0) group.entities[group.count++].slot = slot;
  }
}

void place_shuffled(Group& group, uint32_t mask, RandomStream& random) {
  place_in_order(group, mask);
  for (int entity = 0; entity + 1 < group.count; ++entity) {
    const int other = random.between(entity, group.count - 1);
    std::swap(group.entities[entity].slot, group.entities[other].slot);
  }
}

int slots_in(uint32_t mask) { return __builtin_popcount(mask); }

int arrangements(int slots, int count) {
  int result = 1;
  for (int step = 1; step <= count; ++step) result = result * (slots - count + step) / step;
  return result;
}

int UsedSlotSets::left(int slots, int count) const {
  int unused = 0;
  for (uint32_t mask = 1; mask < 1u << slots; ++mask) {
    unused += slots_in(mask) == count && !has(mask) ? 1 : 0;
  }
  return unused;
}

uint32_t UsedSlotSets::draw(int slots, int count, RandomStream& random) const {
  const int unused = left(slots, count);
  if (unused == 0) return 0;
  int skip = random.below(unused);
  for (uint32_t mask = 1; mask < 1u << slots; ++mask) {
    if (slots_in(mask) == count && !has(mask) && skip-- == 0) return mask;
  }
  return 0;
}

}  // namespace modhost::raven
