// Did detection find the modules that a function graph has? What Patil et al. 2023 ask of each of
// their graphs, which they judged by eye, as rules.
#pragma once

#include <modhost/dataset.h>

#include <optional>

#include "modules.h"

namespace modhost_sculpting {

struct Success {
  bool inputs = false, outputs = false;  // grouped as the functions have them, none pruned
  std::optional<bool> hidden;  // what the kind of graph asks of the hidden layers; unset: nothing
  std::optional<bool> middle;  // hierarchical: some hidden layer is one module
  bool all = false;            // of those above that are set
};

// By the kind of the truth:
//   separable      every hidden unit is reached by inputs of a single group, and the modules of
//                  each hidden layer are these groups
//   overlapping    the same with the groups of outputs that hidden units reach
//   non_modular    each hidden layer is one module
//   shared_inputs  the first hidden layer has as many modules as there are groups of inputs
//   reused         some hidden layer is one module
//   hierarchical   the first hidden layer has as many modules as there are groups of inputs
//   (none)         outputs, and those inputs that are used, of each group some
// Unset when the network has other numbers of inputs or outputs than the truth. Error(config) for
// another kind.
std::optional<Success> success_of(const Detection& found, const modhost::TrueModules& truth);

}  // namespace modhost_sculpting
