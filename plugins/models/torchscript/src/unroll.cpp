#include "unroll.h"

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/loop_unrolling.h>

#include <utility>
#include <vector>

namespace modhost_torchscript {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

namespace {

// Of a loop with those around it. LibTorch's compiler calls itself for each value that has one use,
// so that a chain of some ten thousand takes all of the stack.
constexpr int64_t kMostRounds = 2000;

// Makes the number of rounds of long loops an input of the graph: a number that the pass does not
// know. Finds all pairs of such an input and the number.
void hide_long_loops(Graph& graph, Block* block, int64_t outer,
                     std::vector<std::pair<Value*, int64_t>>& hidden) {
  for (Node* node : block->nodes()) {
    int64_t rounds = outer;
    c10::optional<int64_t> own;
    if (node->kind() == torch::jit::prim::Loop) {
      own = torch::jit::constant_as<int64_t>(node->inputs()[0]);
    }
    if (own && *own > kMostRounds / outer) {
      hidden.emplace_back(graph.addInput()->setType(c10::IntType::get()), *own);
      node->replaceInput(0, hidden.back().first);
    } else if (own && *own > 0) {
      rounds *= *own;
    }
    for (Block* inner : node->blocks()) hide_long_loops(graph, inner, rounds, hidden);
  }
}

}  // namespace

void unroll_short_loops(std::shared_ptr<Graph>& graph) {
  std::vector<std::pair<Value*, int64_t>> hidden;
  hide_long_loops(*graph, graph->block(), 1, hidden);
  torch::jit::UnrollConstantLoops(graph);
  const torch::jit::WithInsertPoint start(*graph->block()->nodes().begin());
  while (!hidden.empty()) {  // the last input first
    hidden.back().first->replaceAllUsesWith(graph->insertConstant(hidden.back().second));
    graph->eraseInput(graph->inputs().size() - 1);
    hidden.pop_back();
  }
}

}  // namespace modhost_torchscript
