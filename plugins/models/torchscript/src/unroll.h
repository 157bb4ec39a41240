// Loops of a constant number of rounds, written out.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <memory>

namespace modhost_torchscript {

// LibTorch's pass, but long loops stay loops: it would write out `while True` for ever.
void unroll_short_loops(std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace modhost_torchscript
