// A pruned network without the units that nothing feeds or nothing reads.
#pragma once

#include <modhost/tensor.h>

#include <optional>
#include <string>
#include <vector>

#include "cuts.h"
#include "retrain.h"

namespace modhost_sculpting {

struct Smaller {
  modhost::NamedTensors state;  // parameters and statistics, with fewer rows and columns
  // Of each group of hidden units.
  std::vector<std::pair<std::string, int64_t>> units;
};

// Groups under a layer or group normalisation, those of layers with units inside (heads, recurrent
// layers above each other), and units that are read with the weights of others stay whole. Unset
// when a parameter belongs to no unit that its layer's wiring tells of, so that nobody can say what
// is left of it. Units that nothing feeds go where they put out 0, which is tried.
std::optional<Smaller> smaller(const Cutter& cutter, const Retrainer& judge,
                               const Networks& networks, int64_t position);

}  // namespace modhost_sculpting
