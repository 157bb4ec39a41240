// How the units of one layer of a loaded network arrive at the next, found from gradients: cut
// after every layer, what lies between two of them is a function whose derivative says which unit
// reaches which input.
#pragma once

#include <modhost/model.h>

#include <vector>

#include "network.h"

namespace modhost_torchscript {

// Of all layers that describe their wiring; empty when the network cannot be cut.
std::vector<modhost::Joint> find_joints(Network& network, const modhost::Signature& signature);

}  // namespace modhost_torchscript
