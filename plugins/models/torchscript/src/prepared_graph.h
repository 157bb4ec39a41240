// The graph of a network's forward, made plain: calls inlined, parameters as inputs, attributes
// that never change as constants, and what these constants decide worked out.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <string>
#include <vector>

#include "script_file.h"

namespace modhost_torchscript {

struct PreparedGraph {
  // Inputs: the module, the batch, then all parameters. One output, a tensor.
  std::shared_ptr<torch::jit::Graph> graph;
  size_t first_parameter = 2;
  size_t foreign_devices = 0;  // devices written into the code that are not the one asked for
  bool random = false;         // draws from LibTorch's global generator

  torch::jit::Value* parameter(size_t index) const {
    return graph->inputs()[first_parameter + index];
  }
};

// `parameters`: the distinct parameters of `file`, by position in file.tensors. `training` is what
// self.training says in all modules. Error(config) when forward does not take one tensor and give
// one.
PreparedGraph prepare_graph(const ScriptFile& file, const std::vector<size_t>& parameters,
                            bool training, torch::Device device);

// The same calls without what makes samples of a batch in training depend on each other or on
// chance: dropout is off, batch norms use their running statistics.
PreparedGraph at_rest(const PreparedGraph& prepared);

}  // namespace modhost_torchscript
