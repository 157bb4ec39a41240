#include "matrix.h"

#include "entity_draw.h"

namespace modhost::raven {
namespace {

// The three panels of a row, one component of each.
struct Row {
  int index;  // 0..2
  Group& first;
  Group& second;
  Group& third;
};

// In which order the three fixed values of Distribute_Three appear in each row.
constexpr int kOrders[2][3][3] = {{{0, 1, 2}, {1, 2, 0}, {2, 0, 1}},
                                  {{0, 1, 2}, {2, 0, 1}, {1, 2, 0}}};

// New entities like the first of `from`, redrawn unless uniform; the slots of `next` stay.
void refill(Group& next, const Group& from, const LevelRanges& ranges, RandomStream& random) {
  next.uniformity = from.uniformity;
  for (int entity = 0; entity < next.count; ++entity) {
    const uint8_t slot = next.entities[entity].slot;
    next.entities[entity] = from.entities[0];
    next.entities[entity].slot = slot;
    if (!next.uniform()) draw_attributes(next.entities[entity], ranges, random);
  }
}

void regenerate(Group& next, const Group& from, int count, const LevelRanges& ranges,
                RandomStream& random) {
  draw_slots(next, count, ranges.slots, random);
  refill(next, from, ranges, random);
}

// The rule on the number or position of entities; also decides which entities panels 2 and 3 have.
class NumberPositionRule {
 public:
  NumberPositionRule(const Rule& rule, const LevelRanges& ranges) : rule_(rule), ranges_(ranges) {}

  void apply(Row& row, RandomStream& random) {
    const bool position = rule_.attribute == Attribute::position;
    switch (rule_.kind) {
      case RuleKind::constant:
        row.second = row.first;
        row.third = row.first;
        return;
      case RuleKind::progression:
        return position ? progress_position(row) : progress_number(row, random);
      case RuleKind::arithmetic:
        return position ? add_position(row, random) : add_number(row, random);
      case RuleKind::distribute_three:
        return position ? distribute_position(row, random) : distribute_number(row, random);
    }
  }

 private:
  void progress_number(Row& row, RandomStream& random) {
    regenerate(row.second, row.first, row.first.count + rule_.value, ranges_, random);
    regenerate(row.third, row.second, row.second.count + rule_.value, ranges_, random);
  }

  void progress_position(Row& row) {
    row.second = row.first;
    shift(row.second);
    row.third = row.second;
    shift(row.third);
  }

  void shift(Group& group) {
    for (int entity = 0; entity < group.count; ++entity) {
      uint8_t& slot = group.entities[entity].slot;
      slot = static_cast<uint8_t>((slot + rule_.value + ranges_.slots) % ranges_.slots);
    }
  }

  void add_number(Row& row, RandomStream& random) {
    const int level = row.first.count - 1;
    const int low = ranges_.number.low;
    const int largest = low + ranges_.number.high + 1;  // before the rule narrowed the range
    const int smallest = (low - 1) / 2;
    const bool plus = rule_.value > 0;
    const int second = plus ? random.between(low, largest - level - 1)
                            : random.between(smallest, level - smallest - 1);
    const int third = plus ? level + second + 1 : level - second - 1;
    regenerate(row.second, row.first, second + 1, ranges_, random);
    regenerate(row.third, row.second, third + 1, ranges_, random);
  }

  void add_position(Row& row, RandomStream& random) {
    const uint32_t first = row.first.slot_mask();
    const bool plus = rule_.value > 0;
    uint32_t second = 0;
    do {  // pruning leaves at least one fitting set, and most sets fit
      draw_slots(row.second, random.between(ranges_.number.low, ranges_.number.high) + 1,
                 ranges_.slots, random);
      second = row.second.slot_mask();
    } while (plus ? (second & ~first) == 0 : (first & ~second) == 0);
    refill(row.second, row.first, ranges_, random);
    place_in_order(row.third, plus ? first | second : first & ~second);
    refill(row.third, row.second, ranges_, random);
  }

  void distribute_number(Row& row, RandomStream& random) {
    if (row.index == 0) {
      fix_levels(row.first.count - 1, random);
    } else {
      draw_slots(row.first, value(row, 0) + 1, ranges_.slots, random);
      draw_entities(row.first, ranges_, random);
    }
    regenerate(row.second, row.first, value(row, 1) + 1, ranges_, random);
    regenerate(row.third, row.second, value(row, 2) + 1, ranges_, random);
  }

  void fix_levels(int current, RandomStream& random) {
    values_[0] = current;
    do {
      values_[1] = random.between(ranges_.number.low, ranges_.number.high);
      values_[2] = random.between(ranges_.number.low, ranges_.number.high);
    } while (values_[1] == current || values_[2] == current || values_[1] == values_[2]);
    order_ = random.below(2);
  }

  void distribute_position(Row& row, RandomStream& random) {
    if (row.index == 0) {
      fix_sets(row.first, random);
    } else {
      place_shuffled(row.first, sets_[kOrders[order_][row.index][0]], random);
      draw_entities(row.first, ranges_, random);
    }
    row.second = row.first;
    place_shuffled(row.second, sets_[kOrders[order_][row.index][1]], random);
    row.third = row.second;
    place_shuffled(row.third, sets_[kOrders[order_][row.index][2]], random);
  }

  void fix_sets(const Group& first, RandomStream& random) {
    UsedSlotSets used;
    sets_[0] = first.slot_mask();
    used.add(sets_[0]);
    sets_[1] = used.draw(ranges_.slots, first.count, random);
    used.add(sets_[1]);
    sets_[2] = used.draw(ranges_.slots, first.count, random);
    order_ = random.below(2);
  }

  int value(const Row& row, int panel) const { return values_[kOrders[order_][row.index][panel]]; }

  const Rule rule_;
  const LevelRanges& ranges_;
  int order_ = 0;
  int values_[3] = {};
  uint32_t sets_[3] = {};
};

// The rule on the type, size or color of the entities.
class EntityRule {
 public:
  EntityRule(const Rule& rule, const LevelRange& range) : rule_(rule), range_(range) {}

  void apply(Row& row, RandomStream& random) {
    const int first = level_of(row.first.entities[0], rule_.attribute);
    switch (rule_.kind) {
      case RuleKind::constant:
        return;  // whatever the entities carry over
      case RuleKind::progression:
        return set(row, first, first + rule_.value, first + 2 * rule_.value);
      case RuleKind::arithmetic:
        return rule_.attribute == Attribute::color ? add_color(row, first, random)
                                                   : add_size(row, first, random);
      case RuleKind::distribute_three:
        if (row.index == 0) fix_levels(random);
        return set(row, value(row, 0), value(row, 1), value(row, 2));
    }
  }

 private:
  void set(Row& row, int first, int second, int third) {
    set_all_levels(row.first, rule_.attribute, first);
    set_all_levels(row.second, rule_.attribute, second);
    set_all_levels(row.third, rule_.attribute, third);
  }

  // Level 0 is the size one: the third level is first + second + 1.
  void add_size(Row& row, int first, RandomStream& random) {
    if (rule_.value > 0) {
      const int largest = range_.low + range_.high + 1;
      const int second = random.between(range_.low, largest - first - 1);
      return set(row, first, second, first + second + 1);
    }
    const int smallest = (range_.low - 1) / 2;
    const int second = random.between(smallest, first - smallest - 1);
    set(row, first, second, first - second - 1);
  }

  // Level 0 is the color zero. If the first two rows both add zero, sum, difference and constant
  // look the same; so a zero in the first row forbids one in the second.
  void add_color(Row& row, int first, RandomStream& random) {
    const bool plus = rule_.value > 0;
    const int largest = range_.low + range_.high;
    const bool guard = row.index == 1 && zero_in_first_row_;
    if (guard && first == (plus ? largest : 0)) {
      first = random.between(range_.low, range_.high - 1);
      if (!plus) ++first;
    }
    int low = plus ? range_.low : range_.low / 2;
    const int high = plus ? largest - first : first;
    if (guard && low == 0) low = 1;
    const int second = random.between(low, high);
    if (row.index == 0) zero_in_first_row_ = second == 0;
    set(row, first, second, plus ? first + second : first - second);
  }

  void fix_levels(RandomStream& random) {
    std::array<int, kMaxValues> levels;
    for (int level = 0; level < range_.levels(); ++level) levels[level] = range_.low + level;
    random.shuffle(levels.data(), range_.levels(), 3);
    for (int value = 0; value < 3; ++value) values_[value] = levels[value];
    order_ = random.below(2);
  }

  int value(const Row& row, int panel) const { return values_[kOrders[order_][row.index][panel]]; }

  const Rule rule_;
  const LevelRange range_;
  bool zero_in_first_row_ = false;
  int order_ = 0;
  int values_[3] = {};
};

}  // namespace

void draw_component(Matrix& matrix, int component, const ComponentRules& rules,
                    const LevelRanges& original, RandomStream& random) {
  LevelRanges ranges = original;
  for (const Rule& rule : rules) {
    if (const auto pruned = prune(ranges, rule)) ranges = *pruned;
  }
  NumberPositionRule number_position(rules[0], ranges);
  EntityRule entity_rules[] = {EntityRule(rules[1], ranges.type), EntityRule(rules[2], ranges.size),
                               EntityRule(rules[3], ranges.color)};
  const auto uniformity = static_cast<uint8_t>(random.below(kUniformLevel + 1));
  for (int index = 0; index < 3; ++index) {
    const size_t start = static_cast<size_t>(3 * index);
    const auto group = static_cast<size_t>(component);
    Row row = {index, matrix[start].groups[group], matrix[start + 1].groups[group],
               matrix[start + 2].groups[group]};
    row.first.uniformity = uniformity;
    draw_slots(row.first, random.between(ranges.number.low, ranges.number.high) + 1, ranges.slots,
               random);
    draw_entities(row.first, ranges, random);
    number_position.apply(row, random);
    for (EntityRule& rule : entity_rules) rule.apply(row, random);
  }
}

}  // namespace modhost::raven
