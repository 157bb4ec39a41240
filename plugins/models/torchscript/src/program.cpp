#include "program.h"

#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/runtime/interpreter.h>
#include <torch/csrc/jit/runtime/operator.h>

#include <algorithm>
#include <utility>

#include "flow.h"
#include "outline.h"

namespace modhost_torchscript {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;
namespace prim = torch::jit::prim;

namespace {

// The operation that hands over to a site, whose address is an attribute of the node.
constexpr const char* kSiteOperation = "modhost::site";
constexpr const char* kAddress = "attr::address";

torch::jit::Operation site_operation(const Node* node) {
  auto* site = reinterpret_cast<Site*>(node->i(c10::Symbol::fromQualString(kAddress)));
  return [site](Stack& stack) { site->run(stack); };
}

// Once in a process, also when several plugins bring it.
void register_operation() {
  const auto name = c10::Symbol::fromQualString(kSiteOperation);
  if (!torch::jit::getAllOperatorsFor(name).empty()) return;
  torch::jit::registerOperator(
      torch::jit::Operator(name, site_operation, c10::AliasAnalysisKind::CONSERVATIVE));
}

// Runs a graph as it is: no profiling, no fusion, the same operations in every call.
std::function<void(Stack&)> compiled(const std::shared_ptr<Graph>& graph) {
  register_operation();
  const torch::jit::Code code(graph, "forward");
  return [code](Stack& stack) { torch::jit::InterpreterState(code).run(stack); };
}

size_t place_of(const Value* value, const std::vector<Value*>& values) {
  return static_cast<size_t>(std::find(values.begin(), values.end(), value) - values.begin());
}

// What the node is given, in terms of the outline.
Call described(const Node* node, const Outline& piece) {
  Call call;
  call.operation = operation_name(node);
  call.parameters = piece.parameters;
  call.inputs = piece.inputs.size();
  for (const Value* value : node->inputs()) {
    Argument argument;
    const bool turned = value->node()->kind() == c10::Symbol::fromQualString("aten::t");
    const Value* source = turned ? value->node()->input() : value;
    const size_t parameter = place_of(source, piece.parameter_values);
    const size_t input = place_of(value, piece.inputs);
    if (const auto constant = toIValue(value)) {
      argument.kind = Argument::Kind::constant;
      argument.constant = *constant;
    } else if (parameter < piece.parameters.size()) {
      argument.kind = turned ? Argument::Kind::transposed_parameter : Argument::Kind::parameter;
      argument.parameter = piece.parameters[parameter];
    } else if (input < piece.inputs.size()) {
      argument.kind = Argument::Kind::batch;
      argument.inputs = {input};
    } else if (value->node()->kind() == prim::ListConstruct) {
      argument.kind = Argument::Kind::batch_list;
      for (const Value* member : value->node()->inputs()) {
        argument.inputs.push_back(place_of(member, piece.inputs));
        if (argument.inputs.back() == piece.inputs.size()) argument.kind = Argument::Kind::other;
      }
    }
    call.arguments.push_back(argument);
  }
  return call;
}

std::string owner(const std::string& parameter) {
  const size_t dot = parameter.rfind('.');
  return dot == std::string::npos ? parameter : parameter.substr(0, dot);
}

}  // namespace

PassProgram::PassProgram(const PreparedGraph& prepared, torch::jit::Module module)
    : code_(compiled(prepared.graph->copy())), module_(std::move(module)) {}

Tensor PassProgram::run(const Tensor& x, const std::vector<Tensor>& parameters) const {
  Stack stack{module_._ivalue(), x};
  stack.insert(stack.end(), parameters.begin(), parameters.end());
  code_(stack);
  return stack.back().toTensor();
}

SiteProgram::SiteProgram(const PreparedGraph& original, torch::jit::Module module,
                         const std::vector<std::string>& names, Weights* weights)
    : module_(std::move(module)), names_(&names), weights_(weights) {
  PreparedGraph prepared = original;
  prepared.graph = original.graph->copy();
  Flow flow(prepared);
  obstacle_ = flow.obstacle();
  const std::vector<Node*> meetings = flow.meetings();
  for (Node* node : meetings) {
    const Outline piece = outline(node, prepared, flow);
    const Site* site = make_site(node, piece);
    if (obstacle_.empty()) place(site, node, piece, flow);
  }
  if (!obstacle_.empty()) return;
  torch::jit::EliminateDeadCode(prepared.graph);
  prepared.graph->lint();
  code_ = compiled(prepared.graph);
}

Site* SiteProgram::make_site(Node* node, const Outline& piece) {
  Region region;
  region.parameters = piece.parameters;
  region.inputs = piece.inputs.size();
  region.outputs = node->outputs().size();
  region.run = [code = compiled(piece.graph), self = module_](Stack& stack) {
    stack.insert(stack.begin(), self._ivalue());
    code(stack);
  };
  Call call = described(node, piece);
  const std::string name = piece.parameters.empty() ? "" : owner((*names_)[piece.parameters[0]]);
  sites_.push_back(std::make_unique<Site>(name, std::move(call), std::move(region), weights_));
  if (mixes_samples(node) || draws(node)) sites_.back()->set_separate();
  return sites_.back().get();
}

// Puts a call of the site in the place of the node.
void SiteProgram::place(const Site* site, Node* node, const Outline& piece, Flow& flow) {
  Graph& graph = *node->owningGraph();
  const torch::jit::WithInsertPoint here(node);
  Node* call = graph.insertNode(graph.create(c10::Symbol::fromQualString(kSiteOperation),
                                             piece.inputs, node->outputs().size()));
  call->i_(c10::Symbol::fromQualString(kAddress), reinterpret_cast<int64_t>(site));
  for (size_t i = 0; i < node->outputs().size(); ++i) {
    call->outputs()[i]->setType(node->outputs()[i]->type());
    flow.set_origin(call->outputs()[i], {false, true});
    node->outputs()[i]->replaceAllUsesWith(call->outputs()[i]);
  }
  node->destroy();
}

Tensor SiteProgram::run(const Tensor& x) const {
  Stack stack{module_._ivalue(), x};
  // The sites take their weights by themselves; what is left asks for sizes and types alone.
  for (size_t i = 0; i < weights_->size(); ++i) {
    stack.emplace_back(weights_->parameter(i).tensor());
  }
  code_(stack);
  return stack.back().toTensor();
}

std::vector<Observation> SiteProgram::observe(const Tensor& x) const {
  std::vector<Observation> log;
  for (const auto& site : sites_) site->observe(&log);
  run(x);
  for (const auto& site : sites_) site->observe(nullptr);
  return log;
}

}  // namespace modhost_torchscript
