// Questions of our own in the phrasing of five published modules, for when the published files are
// not at hand. They are not the published questions, and their difficulties are others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pairs.h"
#include "part.h"

namespace modhost_dm_math {

std::vector<std::string> generated_modules();

// The name of the file, "" for a part that the module has not: only add_or_sub (_big) and sort
// (_more) are extrapolated, as published.
std::string generated_file(const std::string& module, Part part);

// All characters that occur in the five modules, sorted.
std::string generated_characters();

struct Counts {
  int64_t difficulty = 0;  // questions of easy, medium, and hard each
  int64_t test = 0;        // of interpolate and of extrapolate
};

// A function of all three arguments; no question occurs twice in it. `module` is one of
// generated_modules(). Error(config) when there are not as many different ones.
PerPart<Pairs> generate(const std::string& module, const Counts& counts, uint64_t seed);

}  // namespace modhost_dm_math
