// The part that a site has in the layer that owns its weights.
#pragma once

#include <modhost/layer.h>

#include <string>

#include "network.h"

namespace modhost_torchscript {

struct Role {
  std::string layer;
  const modhost::Layer* description = nullptr;  // nullptr: the site belongs to no layer with wiring
  bool reads = false, writes = false;           // what the layer reads, puts out
};

Role role_of(const Network& network, const Site& site);

// Runs the network once more, plainly, for whoever observes layers in this thread, if anybody does.
// Not of networks that cannot be cut into sites.
void show_layers(Network& network, const Tensor& x);

}  // namespace modhost_torchscript
