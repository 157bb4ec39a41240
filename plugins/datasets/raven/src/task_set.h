// What a set of problems may contain: configurations, values, rules and the answer scheme.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attributes.h"
#include "configuration.h"
#include "problem.h"
#include "rule_table.h"

namespace modhost::raven {

struct TaskSet {
  std::string name = "iraven";  // part of the seed of every problem
  AnswerScheme scheme = AnswerScheme::iraven;
  std::vector<Configuration> configurations = all_configurations();
  ValueLists values;
  RuleFilter rules;
  // true: the eight candidates look different and exactly one satisfies all rules; candidates that
  // do not are drawn again. false: what the papers' generators do, which now and then repeat one.
  bool strict = true;
};

// A set that has a name of its own, for option tables and help texts.
struct NamedTaskSet {
  const char* name;
  const char* help;  // one line
};

// All names that named_task_set() accepts.
const std::vector<NamedTaskSet>& named_task_sets();

// Error(config) with the nearest valid name for an unknown one.
TaskSet named_task_set(std::string_view name);

}  // namespace modhost::raven
