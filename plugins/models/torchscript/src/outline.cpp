#include "outline.h"

#include <algorithm>
#include <map>

namespace modhost_torchscript {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;
namespace prim = torch::jit::prim;

namespace {

class Outliner {
 public:
  Outliner(const PreparedGraph& prepared, const Flow& flow)
      : prepared_(prepared), flow_(flow), graph_(std::make_shared<Graph>()) {
    Value* module = prepared.graph->inputs()[0];
    values_[module] = graph_->addInput("self")->setType(module->type());
  }

  Outline cut(Node* node) {
    Node* copy = cloned(node);
    for (Value* output : copy->outputs()) graph_->registerOutput(output);
    std::vector<size_t> order{0};
    order.insert(order.end(), input_places_.begin(), input_places_.end());
    order.insert(order.end(), parameter_places_.begin(), parameter_places_.end());
    graph_->block()->permuteInputs(order);
    return {graph_, inputs_, parameters_, parameter_values_};
  }

 private:
  // The value of the new graph that stands for `value`.
  Value* resolved(Value* value) {
    const auto found = values_.find(value);
    if (found != values_.end()) return found->second;
    Value* made = is_parameter(value)         ? parameter(value)
                  : comes_from_outside(value) ? input(value)
                                              : computed(value);
    values_[value] = made;
    return made;
  }

  bool is_parameter(const Value* value) const {
    return value->node() == prepared_.graph->param_node() &&
           value->offset() >= prepared_.first_parameter;
  }

  bool comes_from_outside(const Value* value) const {
    const Node* node = value->node();
    if (node->kind() == prim::Param) return true;  // of the graph, of a loop
    const Origin origin = flow_.origin(value);
    if (origin.weights) return false;
    if (!origin.batch) return node->kind() == prim::Loop;
    // Lists and tuples are made anew from their members.
    const bool container = !value->type()->isSubtypeOf(*c10::TensorType::get());
    return !container || !Flow::is_structural(node) || node->outputs().size() > 1;
  }

  Value* parameter(Value* value) {
    parameters_.push_back(value->offset() - prepared_.first_parameter);
    parameter_values_.push_back(value);
    parameter_places_.push_back(graph_->inputs().size());
    return graph_->addInput()->setType(c10::TensorType::get());
  }

  Value* input(Value* value) {
    inputs_.push_back(value);
    input_places_.push_back(graph_->inputs().size());
    return graph_->addInput()->setType(value->type());
  }

  Value* computed(Value* value) {
    Node* copy = cloned(value->node());
    for (size_t i = 0; i < copy->outputs().size(); ++i) {
      values_[value->node()->outputs()[i]] = copy->outputs()[i];
    }
    return values_[value];
  }

  Node* cloned(Node* node) {
    Node* copy = graph_->createClone(node, [this](Value* value) { return resolved(value); });
    return graph_->insertNode(copy);
  }

  const PreparedGraph& prepared_;
  const Flow& flow_;
  std::shared_ptr<Graph> graph_;
  std::map<const Value*, Value*> values_;
  std::vector<size_t> parameters_;
  std::vector<Value*> parameter_values_, inputs_;
  std::vector<size_t> parameter_places_, input_places_;  // among the inputs of the new graph
};

}  // namespace

Outline outline(Node* node, const PreparedGraph& prepared, const Flow& flow) {
  return Outliner(prepared, flow).cut(node);
}

}  // namespace modhost_torchscript
