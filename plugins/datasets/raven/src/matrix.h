// The nine panels of a problem that follow one rule per attribute group and component.
#pragma once

#include <array>

#include "problem.h"
#include "random_stream.h"
#include "rule_table.h"

namespace modhost::raven {

// Row-major; the ninth panel is the correct answer.
using Matrix = std::array<Panel, 9>;

// Fills component `component` of all nine panels. `original` are the ranges before the rules
// narrow them, and `rules` must be valid for them (RuleTable::draw gives only such rules).
void draw_component(Matrix& matrix, int component, const ComponentRules& rules,
                    const LevelRanges& original, RandomStream& random);

}  // namespace modhost::raven
