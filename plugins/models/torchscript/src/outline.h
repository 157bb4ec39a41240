// Cuts a meeting of weights and batch out of a graph.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <vector>

#include "flow.h"

namespace modhost_torchscript {

struct Outline {
  // Inputs: the module, `inputs`, then the parameters. Outputs: those of the node.
  std::shared_ptr<torch::jit::Graph> graph;
  std::vector<torch::jit::Value*> inputs;            // of the graph that was cut
  std::vector<size_t> parameters;                    // positions
  std::vector<torch::jit::Value*> parameter_values;  // of the graph that was cut
};

// `node` with all that it needs besides the batch: work on weights alone and on sizes.
Outline outline(torch::jit::Node* node, const PreparedGraph& prepared, const Flow& flow);

}  // namespace modhost_torchscript
