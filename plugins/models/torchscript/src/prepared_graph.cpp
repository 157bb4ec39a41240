#include "prepared_graph.h"

#include <modhost/error.h>
#include <torch/csrc/jit/passes/constant_pooling.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/erase_number_types.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/lower_tuples.h>
#include <torch/csrc/jit/passes/peephole.h>
#include <torch/csrc/jit/passes/peephole_list_idioms.h>
#include <torch/csrc/jit/passes/remove_mutation.h>
#include <torch/csrc/jit/passes/shape_analysis.h>
#include <torch/jit.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "attention_script.h"
#include "flow.h"
#include "unroll.h"

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK
using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Module;
using torch::jit::Node;
using torch::jit::Value;
namespace attr = torch::jit::attr;
namespace prim = torch::jit::prim;

namespace {

using Visitor = std::function<void(Node*)>;

// The visitor may remove the node that it is given.
void visit(Block* block, const Visitor& visitor) {
  for (auto it = block->nodes().begin(); it != block->nodes().end();) {
    Node* node = *it++;
    for (Block* inner : node->blocks()) visit(inner, visitor);
    visitor(node);
  }
}

void replace(Node* node, Value* value) {
  node->output()->replaceAllUsesWith(value);
  node->destroy();
}

// The attributes of modules that the graph reads.
class Attributes {
 public:
  Attributes(const ScriptFile& file, const std::vector<size_t>& parameters, bool training,
             Graph& graph)
      : file_(file), parameters_(parameters), training_(training), graph_(graph) {
    for (const size_t index : parameters) {
      graph.addInput("parameter")->setType(c10::TensorType::get());
      parameter_inputs_.push_back(graph.inputs().back());
      static_cast<void>(index);
    }
    visit(graph.block(), [&](Node* node) {
      if (node->kind() == prim::SetAttr) assigned_.insert(node->s(attr::name));
    });
  }

  void resolve() {
    visit(graph_.block(), [&](Node* node) {
      if (node->kind() == prim::GetAttr) resolve(node);
    });
  }

 private:
  void resolve(Node* node) {
    const std::string name = node->s(attr::name);
    const auto owner = module_of(node->input());
    if (!owner || !owner->hasattr(name) || assigned_.count(name) > 0) return;
    const c10::IValue value = name == "training" ? c10::IValue(training_) : owner->attr(name);
    const torch::jit::WithInsertPoint here(node);
    if (value.isTensor()) {
      if (Value* input = parameter_input(value.toTensor())) replace(node, input);
    } else if (value.isTensorList()) {
      if (Value* list = parameter_list(value.toTensorVector())) replace(node, list);
    } else if (!value.isModule()) {
      if (const auto constant = tryInsertConstant(graph_, value)) replace(node, *constant);
    }
  }

  std::optional<Module> module_of(const Value* value) const {
    if (value == graph_.inputs()[0]) return file_.module;
    const Node* node = value->node();
    if (node->kind() != prim::GetAttr) return std::nullopt;
    const auto parent = module_of(node->input());
    if (!parent || !parent->hasattr(node->s(attr::name))) return std::nullopt;
    const c10::IValue found = parent->attr(node->s(attr::name));
    return found.isModule() ? std::optional<Module>(found.toModule()) : std::nullopt;
  }

  // Also when it is held under another name, as a scripted LSTM does.
  Value* parameter_input(const Tensor& tensor) const {
    if (!tensor.defined() || tensor.numel() == 0) return nullptr;
    for (size_t i = 0; i < parameters_.size(); ++i) {
      const Tensor& own = file_.tensors[parameters_[i]].tensor;
      const bool same = own.data_ptr() == tensor.data_ptr() && own.sizes() == tensor.sizes() &&
                        own.strides() == tensor.strides();
      if (same) return parameter_inputs_[i];
    }
    return nullptr;
  }

  Value* parameter_list(const std::vector<Tensor>& tensors) const {
    std::vector<Value*> inputs;
    for (const Tensor& tensor : tensors) {
      inputs.push_back(parameter_input(tensor));
      if (inputs.back() == nullptr) return nullptr;
    }
    if (inputs.empty()) return nullptr;
    return graph_.insertNode(graph_.createList(c10::TensorType::get(), inputs))->output();
  }

  const ScriptFile& file_;
  const std::vector<size_t>& parameters_;
  bool training_;
  Graph& graph_;
  std::vector<Value*> parameter_inputs_;
  std::set<std::string> assigned_;
};

// forward takes self and one tensor; what has a default gets it.
void keep_one_input(const Module& module, Graph& graph) {
  const auto& arguments = module.get_method("forward").function().getSchema().arguments();
  check(arguments.size() >= 2 && graph.inputs().size() == arguments.size(), ErrorCode::config,
        "the network's forward takes no input");
  for (size_t i = 2; i < arguments.size(); ++i) {
    check(arguments[i].default_value().has_value(), ErrorCode::config,
          "the network's forward takes " + std::to_string(arguments.size() - 1) +
              " inputs; modhost feeds one tensor",
          "wrap it in a module whose forward takes one tensor, and save that");
  }
  const torch::jit::WithInsertPoint start(*graph.block()->nodes().begin());
  while (graph.inputs().size() > 2) {
    const size_t last = graph.inputs().size() - 1;
    Value* value = graph.insertConstant(*arguments[last].default_value());
    graph.inputs()[last]->replaceAllUsesWith(value);
    graph.eraseInput(last);
  }
  check(graph.inputs()[1]->type()->isSubtypeOf(*c10::TensorType::get()), ErrorCode::config,
        "the network's forward takes " + graph.inputs()[1]->type()->repr_str() +
            "; modhost feeds one tensor",
        "wrap it in a module whose forward takes one tensor, and save that");
}

void check_output(const Graph& graph) {
  check(graph.outputs().size() == 1 &&
            graph.outputs()[0]->type()->isSubtypeOf(*c10::TensorType::get()),
        ErrorCode::config,
        "the network's forward gives " + graph.outputs()[0]->type()->repr_str() +
            "; modhost needs one tensor",
        "wrap it in a module whose forward gives the outputs alone, and save that");
}

// The function of the attention script for a call; nullptr when it has none.
const torch::jit::Function* stand_in(const std::shared_ptr<torch::jit::CompilationUnit>& unit,
                                     const Node& node) {
  const std::string name = node.kind().toUnqualString();
  const auto inputs = node.inputs();
  if (inputs.size() > 2 && inputs[0] == inputs[1] && inputs[1] == inputs[2]) {
    const auto* same = unit->find_function(c10::QualifiedName(name + "_self"));
    if (same != nullptr) return same;
  }
  return unit->find_function(c10::QualifiedName(name));
}

// Calls without gradients become the operations that they are made of.
void open_attention(Graph& graph) {
  static const auto* unit =
      new std::shared_ptr<torch::jit::CompilationUnit>(torch::jit::compile(kAttentionScript));
  visit(graph.block(), [&](Node* node) {
    if (!node->kind().is_aten()) return;
    const auto* function = stand_in(*unit, *node);
    if (function == nullptr) return;
    const auto body = toGraphFunction(*function).graph()->copy();
    if (body->inputs().size() != node->inputs().size()) return;
    torch::jit::Inline(*body);
    const torch::jit::WithInsertPoint here(node);
    std::vector<Value*> outputs = insertGraph(graph, *body, node->inputs());
    if (outputs.size() == 1 && node->outputs().size() > 1) {
      outputs = torch::jit::createTupleUnpack(outputs[0]).vec();
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      node->outputs()[i]->replaceAllUsesWith(outputs[i]);
    }
    node->destroy();
  });
}

// What forward asks about gradients is answered as if they were always wanted, so that it goes the
// same way with and without them.
void want_gradients(Graph& graph) {
  visit(graph.block(), [&](Node* node) {
    const bool asks = node->kind() == prim::requires_grad ||
                      node->kind() == c10::Symbol::fromQualString("aten::is_grad_enabled");
    if (!asks) return;
    const torch::jit::WithInsertPoint here(node);
    replace(node, graph.insertConstant(true));
  });
}

// Constants lie on the device of the run, whatever was written into the code. Returns how many
// devices had to be changed.
size_t move_constants(Graph& graph, torch::Device device) {
  size_t foreign = 0;
  visit(graph.block(), [&](Node* node) {
    const torch::jit::WithInsertPoint here(node);
    if (node->kind() == c10::Symbol::fromQualString("aten::cuda")) {
      ++foreign;
      const auto to = c10::Symbol::fromQualString("aten::to");
      replace(node, graph.insert(to, {node->input(), graph.insertConstant(device)}));
    }
    if (node->kind() != prim::Constant) return;
    const auto value = toIValue(node->output());
    if (!value.has_value()) return;
    if (value->isDevice() && value->toDevice().type() != device.type()) {
      foreign += value->toDevice().is_cpu() ? 0 : 1;
      replace(node, graph.insertConstant(device));
    } else if (value->isTensor() && value->toTensor().defined() &&
               value->toTensor().device() != device && value->toTensor().dim() > 0) {
      replace(node, graph.insertConstant(value->toTensor().to(device)));
    }
  });
  return foreign;
}

// Until nothing changes any more; three rounds were enough for all networks tried.
void simplify(std::shared_ptr<Graph>& graph) {
  for (int round = 0; round < 3; ++round) {
    torch::jit::ConstantPropagation(graph, /*ignore_custom_classes=*/true);
    torch::jit::PeepholeOptimize(graph, /*disable_shape_peepholes=*/true);
    torch::jit::PeepholeOptimizeListIdioms(graph, /*refine_list_len=*/true);
    torch::jit::LowerSimpleTuples(graph);
    unroll_short_loops(graph);
    torch::jit::RemoveListMutation(graph);
    torch::jit::RemoveTensorMutation(graph);
    torch::jit::EliminateDeadCode(graph);
    torch::jit::ConstantPooling(graph);
  }
}

}  // namespace

PreparedGraph prepare_graph(const ScriptFile& file, const std::vector<size_t>& parameters,
                            bool training, torch::Device device) {
  PreparedGraph prepared;
  auto graph = toGraphFunction(file.module.get_method("forward").function()).graph()->copy();
  torch::jit::Inline(*graph);
  torch::jit::EraseShapeInformation(graph);
  keep_one_input(file.module, *graph);
  check_output(*graph);
  open_attention(*graph);
  Attributes(file, parameters, training, *graph).resolve();
  simplify(graph);
  want_gradients(*graph);
  prepared.foreign_devices = move_constants(*graph, device);
  simplify(graph);
  visit(graph->block(),
        [&](Node* node) { prepared.random = prepared.random || node->isNondeterministic(); });
  prepared.graph = std::move(graph);
  return prepared;
}

PreparedGraph at_rest(const PreparedGraph& prepared) {
  PreparedGraph resting = prepared;
  resting.graph = prepared.graph->copy();
  visit(resting.graph->block(), [&](Node* node) {
    const torch::jit::WithInsertPoint here(node);
    if (draws(node)) node->replaceInput(2, resting.graph->insertConstant(false));
    const bool running = mixes_samples(node) && !node->inputs()[3]->mustBeNone();
    if (running) node->replaceInput(5, resting.graph->insertConstant(false));
  });
  return resting;
}

}  // namespace modhost_torchscript
