// All of one module: its parts, without questions that were there before, and which are for tests.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "index.h"
#include "pairs.h"
#include "part.h"

namespace modhost_dm_math {

struct Module {
  PerPart<Pairs> pairs;                   // as read, or as generated
  PerPart<std::vector<uint32_t>> kept{};  // of each part, the pairs whose questions are new
};

// Keeps the first of equal questions over all parts, in the order of Part.
Module without_repeats(PerPart<Pairs> pairs);

// Reads the files of one module and nothing else. Errors as in PairReader and visit().
PerPart<Pairs> read_pairs(const std::filesystem::path& place, const PerPart<std::string>& files);

// The characters of all questions and answers, sorted.
std::string characters_of(const Module& module);

// The kept pairs of one difficulty, in two.
struct Division {
  std::vector<uint32_t> train, test;  // in the order of the file
};
// `test` of the kept ones are drawn as numpy.random.RandomState(1234).choice(kept, test,
// replace=False) does, for each difficulty anew (Csordas et al. 2021, the published program). At
// least one is left; `name` and the option are for the Error(config) otherwise.
Division divided(const std::vector<uint32_t>& kept, int64_t test, const std::string& name);

}  // namespace modhost_dm_math
