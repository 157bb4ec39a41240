// Looks at a loaded network before it is used: does forward end, does it fit the data, do all parts
// at once give what single passes give, and does every parameter reach the output?
#pragma once

#include <modhost/model.h>

#include <string>
#include <vector>

#include "network.h"

namespace modhost_torchscript {

// Error(config) when one forward over a few samples takes more seconds of CPU time or breaks down,
// in evaluation or training: tried in a process of its own, so the first thing to do with a
// network.
void check_ends(Network& network, const modhost::Signature& signature, int64_t seconds);

// Runs the network on samples and lets it learn where they lie. Error(config) when it does not take
// the dataset's input or does not give its output.
void try_signature(Network& network, const modhost::Signature& signature);

// Compares variants of all parameters with single passes, in double where the network allows it.
// What disagrees gets a pass for each part.
void compare_with_passes(Network& network, modhost::ModelBase& model);

// A parameter without effect on the output is not maskable from now on. Error(data) for one that
// has an effect which modhost cannot replace. Returns the names of those without effect.
std::vector<std::string> find_ineffective(Network& network, modhost::ModelBase& model);

}  // namespace modhost_torchscript
