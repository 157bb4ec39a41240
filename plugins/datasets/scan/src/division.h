// The four published splits of the commands into a training and a test part.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "command.h"

namespace modhost_scan {

enum class Division { simple, jump, turn_left, length };
constexpr Division kDivisions[] = {Division::simple, Division::jump, Division::turn_left,
                                   Division::length};

struct DivisionInfo {
  const char* name;
  const char* help;       // as a task
  const char* folder;     // of the official files
  const char* file_name;  // tasks_train_{file_name}.txt, tasks_test_{file_name}.txt
  int64_t train;          // commands, repeated ones included
  int64_t test;
};
const DivisionInfo& info(Division division);

// By the name in `info`. Error(config) with the nearest for an unknown one.
Division division_named(const std::string& name);

// Positions in all_commands(), in a random order.
struct Parts {
  std::vector<int64_t> train;
  std::vector<int64_t> test;
};

// simple: a random fifth is for testing (the published one is another random fifth);
// jump, turn_left: tested on all that contains "jump" ("turn left") and more, trained on the rest,
// in which that command alone is repeated until the part has its published size;
// length: trained on commands of up to 22 actions, tested on longer ones.
Parts divide(Division division, const std::vector<Command>& commands, uint64_t seed);

}  // namespace modhost_scan
