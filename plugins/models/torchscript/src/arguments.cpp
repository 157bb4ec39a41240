#include "arguments.h"

namespace modhost_torchscript {

const Argument& Arguments::at(size_t position) {
  static const Argument none;
  require(position < call_.arguments.size());
  return position < call_.arguments.size() ? call_.arguments[position] : none;
}

size_t Arguments::batch(size_t position) {
  require(at(position).kind == Argument::Kind::batch);
  return ok_ ? at(position).inputs.front() : 0;
}

std::vector<size_t> Arguments::batch_list(size_t position, size_t size) {
  require(at(position).kind == Argument::Kind::batch_list && at(position).inputs.size() == size);
  return at(position).inputs;
}

std::function<WeightView()> Arguments::weight(size_t position, bool optional, Argument::Kind kind) {
  const Argument& argument = at(position);
  const bool none = argument.kind == Argument::Kind::constant && argument.constant.isNone();
  if (optional && none) return [] { return WeightView(Tensor()); };
  require(argument.kind == kind);
  return [index = argument.parameter, context = context_] {
    return context.weights->view(index, context.runs_once());
  };
}

std::vector<int64_t> Arguments::shape(size_t position) {
  require(at(position).kind == Argument::Kind::parameter);
  if (!ok_) return {};
  return context_.weights->parameter(at(position).parameter).tensor().sizes().vec();
}

}  // namespace modhost_torchscript
