#include "flow.h"

#include <algorithm>
#include <set>

namespace modhost_torchscript {

using torch::jit::Block;
using torch::jit::Node;
using torch::jit::Value;
namespace prim = torch::jit::prim;

namespace {

Origin join(Origin a, Origin b) { return {a.weights || b.weights, a.batch || b.batch}; }
bool same(Origin a, Origin b) { return a.weights == b.weights && a.batch == b.batch; }

bool is_tensor(const Value* value) { return value->type()->isSubtypeOf(*c10::TensorType::get()); }

// Say something of a tensor's form, or make a tensor of that form, whatever is in it.
bool ignores_content(const Node* node) {
  static const std::set<std::string> names = {"aten::size",
                                              "aten::dim",
                                              "aten::len",
                                              "aten::numel",
                                              "aten::stride",
                                              "aten::is_contiguous",
                                              "aten::__is__",
                                              "aten::__isnot__",
                                              "aten::sym_size",
                                              "aten::sym_numel",
                                              "aten::is_floating_point",
                                              "aten::is_complex",
                                              "aten::is_signed",
                                              "aten::is_same_size",
                                              "aten::get_device",
                                              "aten::storage_offset",
                                              "aten::zeros_like",
                                              "aten::ones_like",
                                              "aten::empty_like",
                                              "aten::full_like",
                                              "aten::new_zeros",
                                              "aten::new_ones",
                                              "aten::new_empty",
                                              "aten::new_full",
                                              "prim::dtype",
                                              "prim::device",
                                              "prim::layout",
                                              "prim::is_cuda",
                                              "prim::is_cpu",
                                              "prim::is_nested",
                                              "prim::is_sparse",
                                              "prim::is_quantized",
                                              "prim::is_mkldnn",
                                              "prim::requires_grad",
                                              "prim::type",
                                              "prim::shape",
                                              "prim::is_meta",
                                              "prim::is_xpu",
                                              "prim::is_mps",
                                              "prim::is_vulkan",
                                              "aten::element_size"};
  return names.count(node->kind().toQualString()) > 0;
}

bool writes_to_input(const Node* node) {
  const auto* schema = node->maybeSchema();
  return schema != nullptr && schema->is_mutable();
}

// Code that cannot be looked into: calls through an interface, of a process, of another thread.
bool is_call(const Node* node) {
  return node->kind() == prim::CallMethod || node->kind() == prim::CallFunction ||
         node->kind() == prim::fork;
}

}  // namespace

std::string operation_name(const Node* node) { return node->kind().toUnqualString(); }

bool mixes_samples(const Node* node) {
  if (operation_name(node) != "batch_norm" || node->inputs().size() < 6) return false;
  const auto training = toIValue(node->inputs()[5]);
  return training.has_value() && training->isBool() && training->toBool();
}

bool draws(const Node* node) {
  if (operation_name(node) != "dropout") return false;
  const auto training = toIValue(node->inputs()[2]);
  return training.has_value() && training->isBool() && training->toBool();
}

bool Flow::is_structural(const Node* node) {
  static const std::set<c10::Symbol> kinds = {prim::ListConstruct,  prim::ListUnpack,
                                              prim::TupleConstruct, prim::TupleUnpack,
                                              prim::TupleIndex,     prim::unchecked_cast};
  return kinds.count(node->kind()) > 0 ||
         node->kind() == c10::Symbol::fromQualString("aten::__getitem__");
}

Flow::Flow(const PreparedGraph& prepared) {
  const auto inputs = prepared.graph->inputs();
  for (size_t i = 1; i < inputs.size(); ++i) {
    const bool batch = i < prepared.first_parameter;
    origins_[inputs[i]] = {!batch, batch};
  }
  visit(prepared.graph->block());
  const Value* output = prepared.graph->outputs()[0];
  if (origin(output).weights) object(prepared.graph->return_node(), "gives weights as they are");
}

Origin Flow::origin(const Value* value) const {
  const auto found = origins_.find(value);
  return found == origins_.end() ? Origin{} : found->second;
}

void Flow::object(const Node* node, const std::string& why) {
  if (obstacle_.empty()) obstacle_ = operation_name(node) + " " + why;
}

void Flow::assign(Node* node, Origin origin) {
  for (const Value* output : node->outputs()) origins_[output] = origin;
}

void Flow::visit(Block* block) {
  for (Node* node : block->nodes()) visit(node);
}

void Flow::visit(Node* node) {
  if (node->kind() == prim::If) return visit_branch(node);
  if (node->kind() == prim::Loop) return visit_loop(node);
  if (!node->blocks().empty()) return object(node, "runs code that is not looked into");
  visit_operation(node);
}

// A condition that depends on the values of the batch may differ from part to part.
void Flow::decides(Node* node, const Value* condition) {
  const Origin from = origin(condition);
  if (from.batch) object(node, "goes a way that the values of the batch decide");
  if (from.weights) object(node, "goes a way that the values of the weights decide");
}

bool Flow::touches_batch(Block* block) const {
  for (Node* node : block->nodes()) {
    for (const Value* input : node->inputs()) {
      if (origin(input).batch) return true;
    }
    for (Block* inner : node->blocks()) {
      if (touches_batch(inner)) return true;
    }
  }
  for (const Value* output : block->outputs()) {
    if (origin(output).batch) return true;
  }
  return false;
}

void Flow::visit_branch(Node* node) {
  decides(node, node->input());
  for (Block* block : node->blocks()) visit(block);
  const bool batch = touches_batch(node->blocks()[0]) || touches_batch(node->blocks()[1]);
  for (size_t i = 0; i < node->outputs().size(); ++i) {
    const Origin from =
        join(origin(node->blocks()[0]->outputs()[i]), origin(node->blocks()[1]->outputs()[i]));
    if (from.weights && batch) object(node, "chooses between weights beside work on the batch");
    origins_[node->outputs()[i]] = from;
  }
}

void Flow::visit_loop(Node* node) {
  Block* body = node->blocks()[0];
  decides(node, node->inputs()[0]);
  decides(node, node->inputs()[1]);
  std::vector<Origin> carried;
  for (size_t i = 2; i < node->inputs().size(); ++i) carried.push_back(origin(node->inputs()[i]));
  const std::vector<Node*> before = meetings_;
  for (bool stable = false; !stable;) {
    meetings_ = before;
    for (size_t i = 0; i < carried.size(); ++i) origins_[body->inputs()[i + 1]] = carried[i];
    visit(body);
    stable = true;
    for (size_t i = 0; i < carried.size(); ++i) {
      const Origin joined = join(carried[i], origin(body->outputs()[i + 1]));
      stable = stable && same(joined, carried[i]);
      carried[i] = joined;
    }
  }
  decides(node, body->outputs()[0]);
  for (size_t i = 0; i < carried.size(); ++i) {
    if (carried[i].weights) object(node, "carries weights from one round to the next");
    origins_[node->outputs()[i]] = carried[i];
  }
}

void Flow::visit_operation(Node* node) {
  Origin from;
  for (const Value* input : node->inputs()) from = join(from, origin(input));
  if (ignores_content(node) || node->kind() == prim::Constant) return assign(node, {});
  if (from.weights && is_call(node)) object(node, "is a call that is not looked into");
  if (from.weights && writes_to_input(node)) object(node, "changes a tensor made of weights");
  if (is_structural(node)) return assign(node, from);
  const bool tensors = std::all_of(node->outputs().begin(), node->outputs().end(), is_tensor);
  if (from.batch && !tensors && !from.weights) {
    for (const Value* output : node->outputs()) {
      const auto kind = output->type()->kind();
      const bool number = kind == c10::TypeKind::IntType || kind == c10::TypeKind::FloatType ||
                          kind == c10::TypeKind::BoolType || kind == c10::TypeKind::NumberType;
      if (number) object(node, "turns values of the batch into a number");
    }
  }
  // The latter two whether they are in training or not, so that both have the same meetings.
  const bool meets = from.batch && (from.weights || operation_name(node) == "dropout" ||
                                    operation_name(node) == "batch_norm");
  if (!meets) return assign(node, from);
  if (!tensors) object(node, "mixes weights and batch into something else than tensors");
  meetings_.push_back(node);
  assign(node, {false, true});
}

}  // namespace modhost_torchscript
