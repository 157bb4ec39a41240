// Which values of a graph come from the weights, which from the batch, and where the two meet.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "prepared_graph.h"

namespace modhost_torchscript {

struct Origin {
  bool weights = false;  // computed from weights that have not met the batch yet
  bool batch = false;    // depends on what is in the batch, not only on its shape
};

class Flow {
 public:
  explicit Flow(const PreparedGraph& prepared);

  // In the order of the graph: nodes that take weights and batch and give tensors; batch norms;
  // dropout.
  const std::vector<torch::jit::Node*>& meetings() const { return meetings_; }
  // Why the graph cannot be split at its meetings, "" when it can.
  const std::string& obstacle() const { return obstacle_; }

  Origin origin(const torch::jit::Value* value) const;
  void set_origin(const torch::jit::Value* value, Origin origin) { origins_[value] = origin; }

  // Makes or takes apart a list or a tuple, whose members keep their origins.
  static bool is_structural(const torch::jit::Node* node);

 private:
  void visit(torch::jit::Block* block);
  void visit(torch::jit::Node* node);
  void visit_branch(torch::jit::Node* node);
  void visit_loop(torch::jit::Node* node);
  void visit_operation(torch::jit::Node* node);
  void assign(torch::jit::Node* node, Origin origin);
  void decides(torch::jit::Node* node, const torch::jit::Value* condition);
  bool touches_batch(torch::jit::Block* block) const;
  void object(const torch::jit::Node* node, const std::string& why);

  std::unordered_map<const torch::jit::Value*, Origin> origins_;
  std::vector<torch::jit::Node*> meetings_;
  std::string obstacle_;
};

// "linear" of aten::linear.
std::string operation_name(const torch::jit::Node* node);
// Takes statistics of all samples that it is given, as a batch norm does in training.
bool mixes_samples(const torch::jit::Node* node);
// Is dropout that is switched on?
bool draws(const torch::jit::Node* node);

}  // namespace modhost_torchscript
