// Layers of the SDK for modules of PyTorch, told by how forward uses their parameters.
#pragma once

#include <modhost/layer.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernels.h"

namespace modhost_torchscript {

// The parameters of one module, by name ("weight") and with their position in Weights.
struct ModuleParameters {
  std::map<std::string, size_t> positions;
  std::map<std::string, std::vector<int64_t>> shapes;
};

// The layer that computes what all calls of these parameters compute; nullptr when there is none.
// Its parameters have the same names and shapes.
std::shared_ptr<modhost::Layer> known_layer(const ModuleParameters& module,
                                            const std::vector<Call>& calls);

}  // namespace modhost_torchscript
