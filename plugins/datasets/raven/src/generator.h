// Problems on demand: problem (configuration, split, index, seed) of a task set is the same
// whenever, wherever and in whatever order it is asked for.
//
//   Generator generator(named_task_set("circle"));
//   Problem problem = generator.generate(Configuration::center_single, Split::train, 0, 1234);
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "figure_plan.h"
#include "problem.h"
#include "task_set.h"

namespace modhost::raven {

// Which split a matrix belongs to. The nine panels alone decide (without angles), so splits share
// no matrix: not between answer schemes, seeds or task sets either. Shares are 6 : 2 : 2.
Split split_of_look(uint64_t look);

class Generator {
 public:
  // Error(config) with the configuration and the reason when the set admits no problem.
  explicit Generator(TaskSet set);

  const TaskSet& task_set() const { return set_; }

  // Any index; any number of threads at a time. Error(config) when `configuration` is not part of
  // the task set. Costs 5 to 60 microseconds.
  Problem generate(Configuration configuration, Split split, uint64_t index, uint64_t seed) const;

 private:
  const FigurePlan& plan(Configuration configuration) const;
  bool try_draw(const FigurePlan& plan, Split split, RandomStream& random, Problem& problem) const;
  bool try_answers(const FigurePlan& plan, const Panel& answer, RandomStream& random,
                   Problem& problem) const;

  TaskSet set_;
  std::array<std::unique_ptr<const FigurePlan>, kConfigurations> plans_;
};

// The same for a single problem; works the task set out each time.
Problem generate(const TaskSet& set, Configuration configuration, Split split, uint64_t index,
                 uint64_t seed);

}  // namespace modhost::raven
