// The layers of a loaded network: each module that owns tensors becomes one. A module that computes
// what a kind of the SDK computes becomes a layer of that kind, with its wiring; any other keeps
// its parameters by name alone.
#pragma once

#include <modhost/layer.h>

#include <memory>
#include <string>
#include <vector>

#include "kernels.h"
#include "script_file.h"

namespace modhost_torchscript {

struct ScriptLayer {
  std::string name;  // path of the module
  std::shared_ptr<modhost::Layer> layer;
};

// A buffer, and the attribute of the module that has to hold the same tensor.
struct BufferLink {
  modhost::Buffer* buffer;
  size_t tensor;  // position in ScriptFile::tensors
};

struct ScriptLayers {
  std::vector<ScriptLayer> layers;
  std::vector<modhost::Parameter> parameters;           // by position in Weights
  std::vector<std::shared_ptr<modhost::Layer>> owners;  // of each parameter
  std::vector<BufferLink> buffers;
};

// `trained`: the distinct parameters, by position in file.tensors. `calls`: how forward uses them.
ScriptLayers make_layers(const ScriptFile& file, const std::vector<size_t>& trained,
                         const std::vector<Call>& calls);

}  // namespace modhost_torchscript
