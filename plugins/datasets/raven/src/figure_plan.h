// A task set worked out for one configuration: ranges, valid rules and what makes panels look
// alike. Built once, then read by any number of threads.
#pragma once

#include <cstdint>

#include "matrix.h"
#include "problem.h"
#include "rule_table.h"
#include "task_set.h"

namespace modhost::raven {

class FigurePlan {
 public:
  // Error(config) when some component has no valid rule.
  FigurePlan(const TaskSet& set, Configuration configuration);

  Configuration configuration() const { return configuration_; }
  int components() const { return static_cast<int>(tables_.size()); }
  const LevelRanges& ranges(int component) const { return ranges_[static_cast<size_t>(component)]; }
  RuleSet draw_rules(RandomStream& random) const;

  // Equal for panels that look the same up to the angles of their entities. Levels that are drawn
  // alike (sizes of less than a pixel's difference, black on black) count as the same.
  uint64_t look(const Panel& panel) const;

  // The same for all nine panels of a matrix.
  uint64_t look(const Matrix& matrix) const;

 private:
  Configuration configuration_;
  std::vector<LevelRanges> ranges_;
  std::vector<RuleTable> tables_;
  std::vector<uint8_t> drawn_type_;   // by level - 1
  std::vector<uint8_t> drawn_color_;  // by level
  uint8_t container_color_ = 0;
  // Pixels from the centre to a corner, by component, type level - 1 and size level.
  std::array<std::vector<uint8_t>, kMaxComponents> drawn_size_;
  size_t sizes_ = 0;
};

}  // namespace modhost::raven
