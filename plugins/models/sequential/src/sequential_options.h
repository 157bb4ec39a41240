// Options of networks that are written in a config.
#pragma once

#include <modhost/option.h>

namespace modhost_sequential {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

using Tables = std::vector<OptionTable>;

Tables default_layers();  // flatten, linear 64, relu, linear

struct SequentialOptions : Options {
  Option<Tables> layers{*this, "layers", default_layers(),
                        "one [[model.layers]] for each layer: its kind, its options, and if wanted "
                        "a name and the layers it reads from"};
};

}  // namespace modhost_sequential
