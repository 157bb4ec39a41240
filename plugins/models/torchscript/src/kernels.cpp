#include "kernels.h"

#include <modhost/nn_conv.h>
#include <modhost/nn_norm.h>
#include <modhost/ops.h>

#include <map>

#include "arguments.h"
#include "lengths.h"
#include "recurrent_kernels.h"

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

using Kind = Argument::Kind;
using Choice = std::optional<KernelChoice>;

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
  // The layer knows the fast order in memory.
  const auto layer =
      std::dynamic_pointer_cast<nn::Conv2dLayer>(context.layer_of(call.arguments[1].parameter));
  return KernelChoice{one([=, once = context.runs_once](const Tensor& input) {
                        if (layer != nullptr && once()) return layer->forward(input);
                        return ops::conv2d(input, weight(), bias(), how);
                      }),
                      {x}};
}

// Puts the number of batches that a layer has counted back: the code of the network counts as well.
class CountScope {
 public:
  explicit CountScope(Layer& layer) {
    for (const auto& buffer : layer.buffers()) {
      if (buffer->name == "num_batches_tracked") count_ = buffer->tensor;
    }
    before_ = count_.clone();
  }
  CountScope(const CountScope&) = delete;
  CountScope& operator=(const CountScope&) = delete;
  ~CountScope() { count_.copy_(before_); }

 private:
  Tensor count_, before_;
};

// batch_norm(x, weight, bias, ...): the layer knows its statistics.
Choice batch_norm(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const size_t x = take.batch(0);
  take.require(take.shape(1).size() == 1);
  if (!take.ok()) return std::nullopt;
  const auto layer = context.layer_of(call.arguments[1].parameter);
  if (dynamic_cast<nn::BatchNormLayer*>(layer.get()) == nullptr) return std::nullopt;
  return KernelChoice{one([layer](const Tensor& input) {
                        const CountScope counted_by_forward(*layer);
                        return layer->forward(input);
                      }),
                      {x}};
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
                                                      {"lstm", recurrent_stack},
                                                      {"gru", recurrent_stack},
                                                      {"rnn_tanh", recurrent_stack},
                                                      {"rnn_relu", recurrent_stack},
                                                      {"lstm_cell", recurrent_cell},
                                                      {"gru_cell", recurrent_cell},
                                                      {"rnn_tanh_cell", recurrent_cell},
                                                      {"rnn_relu_cell", recurrent_cell}};
  const auto found = makers.find(call.operation);
  return found == makers.end() ? std::nullopt : found->second(call, context);
}

}  // namespace modhost_torchscript
