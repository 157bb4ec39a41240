#include "site.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace modhost_torchscript {

namespace {

Tensor tensor_of(const c10::IValue& value) {
  return value.isTensor() ? value.toTensor() : Tensor();
}

Stack taken_from(Stack& stack, size_t count) {
  const auto first = stack.end() - static_cast<std::ptrdiff_t>(count);
  Stack taken(std::make_move_iterator(first), std::make_move_iterator(stack.end()));
  stack.erase(first, stack.end());
  return taken;
}

// Nothing that was found so far is contradicted; what was uncertain becomes certain.
bool merge(std::optional<FoundLayout>& known, const FoundLayout& found) {
  if (!known.has_value() || (!known->certain && found.certain)) {
    known = found;
    return true;
  }
  return !found.certain || known->layout == found.layout;
}

Tensor ordered(const Tensor& y, MemoryOrder order, const Tensor& input) {
  if (order == MemoryOrder::fast) return y;
  if (y.dim() != 4) return order == MemoryOrder::other ? y : y.contiguous();
  return y.contiguous(order == MemoryOrder::other ? torch::MemoryFormat::ChannelsLast
                                                  : input.suggest_memory_format());
}

}  // namespace

Site::Site(std::string name, Call call, Region region, Weights* weights)
    : name_(std::move(name)),
      call_(std::move(call)),
      region_(std::move(region)),
      weights_(weights),
      layouts_(region_.inputs + region_.outputs) {}

bool Site::fits(const Layout& layout) const {
  if (layout.shared()) return false;
  switch (choice_->places) {
    case Places::first:
      return layout.axis == 0;
    case Places::separate:
      return layout.outer == 1 && layout.inner == 1;
    case Places::leading:
      return true;
  }
  return false;
}

bool Site::at_once() const {
  if (!choice_.has_value() || !known_) return false;
  std::vector<size_t> used = choice_->inputs;
  for (size_t i = 0; i < region_.outputs; ++i) used.push_back(region_.inputs + i);
  return std::all_of(used.begin(), used.end(), [this](size_t place) {
    return layouts_[place].has_value() && fits(layouts_[place]->layout);
  });
}

bool Site::learn(const std::vector<std::optional<FoundLayout>>& found) {
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i].has_value() && !merge(layouts_[i], *found[i])) return known_ = false;
  }
  return known_ = true;
}

void Site::copy_layouts(const Site& other) {
  if (layouts_.size() != other.layouts_.size()) return;  // takes something else besides
  call_.rank = other.call_.rank;
  layouts_ = other.layouts_;
  known_ = other.known_;
  runs_ = other.runs_;
}

void Site::run(Stack& stack) {
  const bool one = weights_->parts() == 1;
  const bool apart = separate_ || weights_->any_varied(region_.parameters);
  if (log_ != nullptr || (!one && !apart)) return run_plain(stack);
  if (one && !at_once()) return run_plain(stack);
  if (!known_) throw UnknownLayout{this};
  const Stack inputs = taken_from(stack, region_.inputs);
  Tensors outputs = at_once() ? run_kernel(inputs) : run_parts(inputs);
  if (compared_ && at_once()) {
    const Tensors wanted = run_parts(inputs);
    for (size_t i = 0; i < outputs.size(); ++i) {
      difference_ = std::max(difference_, relative_difference(outputs[i], wanted[i]));
    }
    outputs = wanted;
  }
  for (Tensor& output : outputs) stack.emplace_back(std::move(output));
}

void Site::run_plain(Stack& stack) {
  const Stack inputs = taken_from(stack, region_.inputs);
  Tensors outputs = run_part(inputs, 1, 0);
  if (log_ != nullptr) {
    if (cut_) {
      for (Tensor& output : outputs) output = output.detach().requires_grad_(true);
    }
    Observation seen{this, {}};
    for (const c10::IValue& value : inputs) seen.tensors.push_back(tensor_of(value));
    seen.tensors.insert(seen.tensors.end(), outputs.begin(), outputs.end());
    log_->push_back(std::move(seen));
  }
  for (Tensor& output : outputs) stack.emplace_back(std::move(output));
}

Tensors Site::run_kernel(const Stack& inputs) {
  const int64_t rows = weights_->rows();
  Tensors batch;
  int64_t each = 1;
  for (const size_t place : choice_->inputs) {
    const Tensor x = inputs[place].toTensor();
    const Layout& layout = layouts_[place]->layout;
    each = x.size(layout.axis) / rows;
    batch.push_back(rows_first(x, layout, rows));
  }
  Tensors outputs = choice_->kernel(batch);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Tensor output = rows_back(outputs[i], layouts_[region_.inputs + i]->layout, rows, each);
    outputs[i] = ordered(output, order_, inputs[choice_->inputs.front()].toTensor());
  }
  return outputs;
}

Tensors Site::run_part(const Stack& inputs, int64_t parts, int64_t part) {
  Stack stack;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].isTensor() && layouts_[i].has_value()) {
      stack.emplace_back(
          part_of(inputs[i].toTensor(), layouts_[i]->layout, weights_->rows(), parts, part));
    } else {
      stack.push_back(inputs[i]);
    }
  }
  for (const size_t index : region_.parameters) stack.emplace_back(weights_->of_part(index, part));
  region_.run(stack);
  Tensors outputs;
  for (const c10::IValue& value : stack) outputs.push_back(value.toTensor());
  return outputs;
}

Tensors Site::run_parts(const Stack& inputs) {
  std::vector<Tensors> by_output(region_.outputs);
  for (int64_t part = 0; part < weights_->parts(); ++part) {
    const Tensors outputs = run_part(inputs, weights_->parts(), part);
    for (size_t i = 0; i < outputs.size(); ++i) by_output[i].push_back(outputs[i]);
  }
  Tensors outputs;
  for (size_t i = 0; i < by_output.size(); ++i) {
    const auto& layout = layouts_[region_.inputs + i];
    if (!layout.has_value()) throw UnknownLayout{this};
    outputs.push_back(joined(by_output[i], layout->layout, weights_->rows()));
  }
  return outputs;
}

}  // namespace modhost_torchscript
