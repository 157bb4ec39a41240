#include "solver.h"

#include <algorithm>

namespace modhost::raven {
namespace {

// The same component of three panels in a row; the third is the candidate in the last row.
struct Triple {
  const Group& first;
  const Group& second;
  const Group& third;
};

uint32_t shifted(uint32_t mask, int by, int slots) {
  uint32_t result = 0;
  for (int slot = 0; slot < slots; ++slot) {
    if ((mask >> slot & 1) != 0) result |= 1u << ((slot + by + slots) % slots);
  }
  return result;
}

// The third of three values that must be those of the first row in some other order.
template <typename T>
bool completes(T a, T b, T c, std::array<T, 3> row) {
  std::array<T, 3> seen = {a, b, c};
  std::sort(seen.begin(), seen.end());
  std::sort(row.begin(), row.end());
  return seen == row;
}

bool number_holds(const Rule& rule, const Triple& row, const Triple& top) {
  const int a = row.first.count;
  const int b = row.second.count;
  const int c = row.third.count;
  if (rule.kind == RuleKind::progression) return b == a + rule.value && c == b + rule.value;
  if (rule.kind == RuleKind::arithmetic) return c == a + rule.value * b;
  return completes<int>(a, b, c, {top.first.count, top.second.count, top.third.count});
}

bool position_holds(const Rule& rule, const Triple& row, const Triple& top, int slots) {
  const uint32_t a = row.first.slot_mask();
  const uint32_t b = row.second.slot_mask();
  const uint32_t c = row.third.slot_mask();
  if (rule.kind == RuleKind::constant) return c == b;
  if (rule.kind == RuleKind::progression) {
    return b == shifted(a, rule.value, slots) && c == shifted(b, rule.value, slots);
  }
  if (rule.kind == RuleKind::arithmetic) return c == (rule.value > 0 ? a | b : a & ~b);
  return completes<uint32_t>(
      a, b, c, {top.first.slot_mask(), top.second.slot_mask(), top.third.slot_mask()});
}

int level(const Group& group, Attribute attribute, int entity = 0) {
  const Entity& seen = group.entities[static_cast<size_t>(entity)];
  return attribute == Attribute::type   ? seen.type
         : attribute == Attribute::size ? seen.size
                                        : seen.color;
}

bool consistent(const Group& group, Attribute attribute) {
  for (int entity = 1; entity < group.count; ++entity) {
    if (level(group, attribute, entity) != level(group, attribute)) return false;
  }
  return true;
}

bool constant_holds(const Rule& rule, const Rule& position_rule, const Triple& row) {
  if (row.second.uniform()) {
    return consistent(row.third, rule.attribute) &&
           level(row.third, rule.attribute) == level(row.second, rule.attribute);
  }
  // Without uniformity the values are noise whenever the first rule redraws the entities.
  if (row.first.count != row.second.count || row.second.count != row.third.count) return true;
  if (position_rule.attribute == Attribute::number || position_rule.kind == RuleKind::arithmetic) {
    return true;
  }
  for (int entity = 0; entity < row.third.count; ++entity) {
    if (level(row.third, rule.attribute, entity) != level(row.second, rule.attribute, entity)) {
      return false;
    }
  }
  return true;
}

bool entity_holds(const Rule& rule, const Rule& position_rule, const Triple& row,
                  const Triple& top) {
  if (rule.kind == RuleKind::constant) return constant_holds(rule, position_rule, row);
  if (!consistent(row.third, rule.attribute)) return false;
  const int a = level(row.first, rule.attribute);
  const int b = level(row.second, rule.attribute);
  const int c = level(row.third, rule.attribute);
  if (rule.kind == RuleKind::progression) return b == a + rule.value && c == b + rule.value;
  if (rule.kind == RuleKind::distribute_three) {
    return completes<int>(a, b, c,
                          {level(top.first, rule.attribute), level(top.second, rule.attribute),
                           level(top.third, rule.attribute)});
  }
  // Sizes count from one, colors from zero.
  const int one = rule.attribute == Attribute::size ? 1 : 0;
  return c == a + rule.value * (b + one);
}

bool holds(const Rule& rule, const Rule& position_rule, const Triple& row, const Triple& top,
           int slots) {
  switch (rule.attribute) {
    case Attribute::number:
      return number_holds(rule, row, top);
    case Attribute::position:
    case Attribute::number_position:
      return position_holds(rule, row, top, slots);
    default:
      return entity_holds(rule, position_rule, row, top);
  }
}

Triple context_row(const Problem& problem, size_t row, size_t component) {
  return {problem.context[3 * row].groups[component],
          problem.context[3 * row + 1].groups[component],
          problem.context[3 * row + 2].groups[component]};
}

}  // namespace

int satisfied_rules(const Problem& problem, const Panel& candidate) {
  int satisfied = 0;
  const ConfigurationInfo& figure = info(problem.configuration);
  for (size_t component = 0; component < static_cast<size_t>(figure.components); ++component) {
    const Triple top = context_row(problem, 0, component);
    const Triple row = {problem.context[6].groups[component], problem.context[7].groups[component],
                        candidate.groups[component]};
    const ComponentRules& rules = problem.rules[component];
    for (const Rule& rule : rules) {
      satisfied += holds(rule, rules[0], row, top, figure.component[component].slots) ? 1 : 0;
    }
  }
  return satisfied;
}

Solution solve(const Problem& problem) {
  Solution solution;
  for (size_t candidate = 0; candidate < kCandidates; ++candidate) {
    solution.satisfied[candidate] = satisfied_rules(problem, problem.candidates[candidate]);
  }
  const auto best = std::max_element(solution.satisfied.begin(), solution.satisfied.end());
  solution.choice = static_cast<int>(best - solution.satisfied.begin());
  solution.unique = std::count(solution.satisfied.begin(), solution.satisfied.end(), *best) == 1;
  return solution;
}

bool infer_rule_values(Problem& problem) {
  const ConfigurationInfo& figure = info(problem.configuration);
  for (size_t component = 0; component < static_cast<size_t>(figure.components); ++component) {
    const Triple top = context_row(problem, 0, component);
    const Triple middle = context_row(problem, 1, component);
    const int slots = figure.component[component].slots;
    ComponentRules& rules = problem.rules[component];
    for (Rule& rule : rules) {
      const std::array<int, 4> tried = {1, -1, 2, -2};
      const bool has_value =
          rule.kind == RuleKind::progression || rule.kind == RuleKind::arithmetic;
      const size_t choices = !has_value ? 1 : rule.kind == RuleKind::arithmetic ? 2 : 4;
      bool fits = false;
      for (size_t choice = 0; choice < choices && !fits; ++choice) {
        rule.value = static_cast<int8_t>(has_value ? tried[choice] : 0);
        fits = holds(rule, rules[0], top, top, slots) && holds(rule, rules[0], middle, top, slots);
      }
      if (!fits) return false;
    }
  }
  return true;
}

}  // namespace modhost::raven
