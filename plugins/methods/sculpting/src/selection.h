// Which of several prunings of a network is the best: the one that leaves the fewest weights.
#pragma once

#include <vector>

#include "pruner.h"

namespace modhost_sculpting {

struct Selected {
  int64_t network = 0;           // number
  std::vector<int64_t> all;      // positions of its candidates
  std::vector<int64_t> winners;  // of those with the accuracy, all with the fewest weights
  bool pruned = false;           // of any candidate a step was accepted
};

// One for each network, in the order of first appearance. Without any accepted step in any of its
// candidates the first one stands for the network as it was.
std::vector<Selected> select(const Cutter& cutter, const Pruned& pruned);

}  // namespace modhost_sculpting
