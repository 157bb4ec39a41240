#include "kernels.h"

#include <modhost/nn_norm.h>
#include <modhost/nn_recurrent.h>
#include <modhost/ops.h>

#include <map>

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

using Kind = Argument::Kind;
using Choice = std::optional<KernelChoice>;

// The arguments of one call by their meaning. Anything unexpected makes ok() false.
class Arguments {
 public:
  Arguments(const Call& call, const KernelContext& context) : call_(call), context_(context) {}

  bool ok() const { return ok_; }
  void require(bool condition) { ok_ = ok_ && condition; }

  // The place of a tensor of the batch among the inputs of the site.
  size_t batch(size_t position) {
    require(at(position).kind == Kind::batch);
    return ok_ ? at(position).inputs.front() : 0;
  }
  std::vector<size_t> batch_list(size_t position, size_t size) {
    require(at(position).kind == Kind::batch_list && at(position).inputs.size() == size);
    return at(position).inputs;
  }

  // A parameter as it is when the kernel runs; `optional`: None will do.
  std::function<WeightView()> weight(size_t position, bool optional = false,
                                     Kind kind = Kind::parameter) {
    const Argument& argument = at(position);
    if (optional && argument.kind == Kind::constant && argument.constant.isNone()) {
      return [] { return WeightView(Tensor()); };
    }
    require(argument.kind == kind);
    return [index = argument.parameter, context = context_] {
      return context.weights->view(index, context.runs_once());
    };
  }

  // [*shape] of a parameter.
  std::vector<int64_t> shape(size_t position) {
    require(at(position).kind == Kind::parameter);
    return ok_ ? context_.weights->parameter(at(position).parameter).tensor().sizes().vec()
               : std::vector<int64_t>{};
  }

  template <typename T>
  T constant(size_t position) {
    const bool fits = at(position).kind == Kind::constant && is<T>(at(position).constant);
    require(fits);
    return fits ? at(position).constant.to<T>() : T{};
  }

 private:
  const Argument& at(size_t position) {
    static const Argument none;
    require(position < call_.arguments.size());
    return position < call_.arguments.size() ? call_.arguments[position] : none;
  }

  template <typename T>
  static bool is(const c10::IValue& value) {
    if constexpr (std::is_same_v<T, bool>) return value.isBool();
    if constexpr (std::is_same_v<T, int64_t>) return value.isInt();
    if constexpr (std::is_same_v<T, double>) return value.isDouble();
    return value.isIntList();
  }

  const Call& call_;
  const KernelContext& context_;
  bool ok_ = true;
};

using Lengths = std::vector<int64_t>;

Kernel one(std::function<Tensor(const Tensor&)> operation) {
  return [operation = std::move(operation)](const Tensors& batch) {
    return Tensors{operation(batch.front())};
  };
}

// linear(x, weight, bias)
Choice linear(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const size_t x = take.batch(0);
  const auto weight = take.weight(1);
  const auto bias = take.weight(2, true);
  if (!take.ok()) return std::nullopt;
  return KernelChoice{
      one([=](const Tensor& input) { return ops::linear(input, weight(), bias()); }),
      {x},
      Places::leading};
}

// addmm(bias, x, weight.t(), beta, alpha): what linear layers were before PyTorch 1.8.
Choice addmm(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const auto bias = take.weight(0);
  const size_t x = take.batch(1);
  const auto weight = take.weight(2, false, Kind::transposed_parameter);
  take.require(take.shape(0).size() == 1);
  take.require(take.constant<int64_t>(3) == 1 && take.constant<int64_t>(4) == 1);
  if (!take.ok()) return std::nullopt;
  return KernelChoice{
      one([=](const Tensor& input) { return ops::linear(input, weight(), bias()); }),
      {x},
      Places::leading};
}

// matmul(x, weight.t())
Choice matmul(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const size_t x = take.batch(0);
  const auto weight = take.weight(1, false, Kind::transposed_parameter);
  if (!take.ok()) return std::nullopt;
  const auto plain = [=](const Tensor& input) {
    return ops::linear(input, weight(), WeightView(Tensor()));
  };
  return KernelChoice{one(plain), {x}, Places::leading};
}

int64_t only(const Lengths& lengths) { return lengths.front(); }
ops::Sides sides(const Lengths& lengths) {
  return lengths.size() == 1 ? ops::Sides(lengths[0]) : ops::Sides(lengths.at(0), lengths.at(1));
}

// conv1d, conv2d(x, weight, bias, stride, padding, dilation, groups); _convolution has `transposed`
// and the padding of its output before the groups.
Choice convolution(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const bool traced = call.operation == "_convolution";
  const size_t x = take.batch(0);
  const auto weight = take.weight(1);
  const auto bias = take.weight(2, true);
  const auto stride = take.constant<Lengths>(3);
  const auto padding = take.constant<Lengths>(4);
  const auto dilation = take.constant<Lengths>(5);
  const auto groups = take.constant<int64_t>(traced ? 8 : 6);
  if (traced) take.require(!take.constant<bool>(6));
  const size_t dimensions = take.shape(1).size();
  take.require(!stride.empty() && !padding.empty() && !dilation.empty());
  if (!take.ok()) return std::nullopt;
  if (dimensions == 3) {
    const ops::Conv1dGeometry how{only(stride), only(padding), only(dilation), groups};
    return KernelChoice{
        one([=](const Tensor& input) { return ops::conv1d(input, weight(), bias(), how); }), {x}};
  }
  if (dimensions != 4) return std::nullopt;
  const ops::Conv2dGeometry how{sides(stride), sides(padding), sides(dilation), groups};
  return KernelChoice{
      one([=](const Tensor& input) { return ops::conv2d(input, weight(), bias(), how); }), {x}};
}

// batch_norm(x, weight, bias, ...): the layer knows its statistics.
Choice batch_norm(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const size_t x = take.batch(0);
  take.require(take.shape(1).size() == 1);
  if (!take.ok()) return std::nullopt;
  const auto layer = context.layer_of(call.arguments[1].parameter);
  if (dynamic_cast<nn::BatchNormLayer*>(layer.get()) == nullptr) return std::nullopt;
  return KernelChoice{one([layer](const Tensor& input) { return layer->forward(input); }), {x}};
}

// layer_norm(x, shape, weight, bias, eps, ...)
Choice layer_norm(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const size_t x = take.batch(0);
  take.require(take.constant<Lengths>(1).size() == 1);
  const auto scale = take.weight(2);
  const auto shift = take.weight(3);
  const auto eps = take.constant<double>(4);
  if (!take.ok()) return std::nullopt;
  return KernelChoice{
      one([=](const Tensor& input) { return ops::layer_norm(input, scale(), shift(), eps); }),
      {x},
      Places::leading};
}

// group_norm(x, groups, weight, bias, eps, ...)
Choice group_norm(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const size_t x = take.batch(0);
  const auto groups = take.constant<int64_t>(1);
  const auto scale = take.weight(2);
  const auto shift = take.weight(3);
  const auto eps = take.constant<double>(4);
  if (!take.ok()) return std::nullopt;
  return KernelChoice{one([=](const Tensor& input) {
                        return ops::group_norm(input, scale(), shift(), groups, eps);
                      }),
                      {x}};
}

// embedding(weight, tokens, padding, scale_grad_by_freq, sparse)
Choice embedding(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const auto table = take.weight(0);
  const size_t tokens = take.batch(1);
  const auto padding = take.constant<int64_t>(2);
  if (!take.ok()) return std::nullopt;
  return KernelChoice{
      one([=](const Tensor& input) { return ops::embedding(input, table(), padding); }),
      {tokens},
      Places::leading};
}

// lstm, gru, rnn_tanh, rnn_relu(x, state, weights, ...) from a state of zeros: the layer knows its
// weights. Gives the outputs of all steps [N, T, H], then the last states, [N, layers, H] each.
Choice recurrent(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const size_t x = take.batch(0);
  take.require(call.inputs == 1 && call.rank == 3 && !call.parameters.empty());
  if (!take.ok()) return std::nullopt;
  const auto owner = context.layer_of(call.parameters.front());
  const auto layer = std::dynamic_pointer_cast<nn::RecurrentLayer>(owner);
  if (layer == nullptr) return std::nullopt;
  const auto run = [layer](const Tensors& batch) {
    const nn::RecurrentOutput out = layer->forward(batch.front(), nn::RecurrentState{});
    Tensors given{out.y, torch::stack(out.state.h, 1)};
    if (!out.state.c.empty()) given.push_back(torch::stack(out.state.c, 1));
    return given;
  };
  return KernelChoice{run, {x}, Places::separate};
}

// The weighted sums that a cell is made of: of its input and of its state.
struct CellSums {
  std::function<Tensor(const Tensor&)> input, state;
};

// Weights and biases from argument 2 on.
CellSums cell_sums(Arguments& take) {
  const auto w_ih = take.weight(2), w_hh = take.weight(3);
  const auto b_ih = take.weight(4, true), b_hh = take.weight(5, true);
  return {[=](const Tensor& x) { return ops::linear(x, w_ih(), b_ih()); },
          [=](const Tensor& h) { return ops::linear(h, w_hh(), b_hh()); }};
}

// lstm_cell(x, [h, c], w_ih, w_hh, b_ih, b_hh) -> h, c
Choice lstm_cell(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  std::vector<size_t> inputs{take.batch(0)};
  for (const size_t state : take.batch_list(1, 2)) inputs.push_back(state);
  const CellSums sums = cell_sums(take);
  if (!take.ok()) return std::nullopt;
  const auto run = [sums](const Tensors& batch) {
    const auto gates = (sums.input(batch[0]) + sums.state(batch[1])).chunk(4, -1);
    const Tensor c = gates[1].sigmoid() * batch[2] + gates[0].sigmoid() * gates[2].tanh();
    return Tensors{gates[3].sigmoid() * c.tanh(), c};
  };
  return KernelChoice{run, inputs, Places::first};
}

// gru_cell(x, h, w_ih, w_hh, b_ih, b_hh) -> h
Choice gru_cell(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const std::vector<size_t> inputs{take.batch(0), take.batch(1)};
  const CellSums sums = cell_sums(take);
  if (!take.ok()) return std::nullopt;
  const auto run = [sums](const Tensors& batch) {
    const auto x = sums.input(batch[0]).chunk(3, -1), h = sums.state(batch[1]).chunk(3, -1);
    const Tensor n = (x[2] + (x[0] + h[0]).sigmoid() * h[2]).tanh();
    return Tensors{n + (x[1] + h[1]).sigmoid() * (batch[1] - n)};
  };
  return KernelChoice{run, inputs, Places::first};
}

// rnn_tanh_cell, rnn_relu_cell(x, h, w_ih, w_hh, b_ih, b_hh) -> h
Choice rnn_cell(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const std::vector<size_t> inputs{take.batch(0), take.batch(1)};
  const CellSums sums = cell_sums(take);
  if (!take.ok()) return std::nullopt;
  const auto run = [sums, relu = call.operation == "rnn_relu_cell"](const Tensors& batch) {
    const Tensor sum = sums.input(batch[0]) + sums.state(batch[1]);
    return Tensors{relu ? sum.relu() : sum.tanh()};
  };
  return KernelChoice{run, inputs, Places::first};
}

}  // namespace

Choice choose_kernel(const Call& call, const KernelContext& context) {
  using Maker = Choice (*)(const Call&, const KernelContext&);
  static const std::map<std::string, Maker> makers = {{"linear", linear},
                                                      {"addmm", addmm},
                                                      {"matmul", matmul},
                                                      {"mm", matmul},
                                                      {"conv1d", convolution},
                                                      {"conv2d", convolution},
                                                      {"_convolution", convolution},
                                                      {"batch_norm", batch_norm},
                                                      {"layer_norm", layer_norm},
                                                      {"group_norm", group_norm},
                                                      {"embedding", embedding},
                                                      {"lstm", recurrent},
                                                      {"gru", recurrent},
                                                      {"rnn_tanh", recurrent},
                                                      {"rnn_relu", recurrent},
                                                      {"lstm_cell", lstm_cell},
                                                      {"gru_cell", gru_cell},
                                                      {"rnn_tanh_cell", rnn_cell},
                                                      {"rnn_relu_cell", rnn_cell}};
  const auto found = makers.find(call.operation);
  return found == makers.end() ? std::nullopt : found->second(call, context);
}

}  // namespace modhost_torchscript
