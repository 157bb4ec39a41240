// How far the modules of two networks of one architecture agree: of other seeds, or pruned
// otherwise.
#pragma once

#include <vector>

#include "modules.h"

namespace modhost_sculpting {

struct ModuleAgreement {
  // Adjusted Rand indices of the modules of inputs and outputs, over those that both networks use.
  double inputs = 0, outputs = 0;
  bool same_counts = false;  // as many modules in each layer
  bool same_graph = false;   // modules feed each other in the same way, whatever they are called
};

// The graphs are the same when modules can be renamed so that each has units in the same layers as
// before and feeds the same modules; numbers of units and edges may differ. Found by refining the
// modules of both by what they feed and what feeds them, and by trying out what that leaves alike,
// so that the answer is exact; graphs that take more than 10,000 trials count as different.
// Error(shape) for other numbers of inputs or outputs.
ModuleAgreement module_agreement(const Detection& a, const Detection& b);

// Means over all pairs; of the two that are either true or false the share of pairs.
struct MeanAgreement {
  int64_t pairs = 0;
  double inputs = 0, outputs = 0, same_counts = 0, same_graph = 0;
};
MeanAgreement mean_agreement(const std::vector<Detection>& networks);

}  // namespace modhost_sculpting
