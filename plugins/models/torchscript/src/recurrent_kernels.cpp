#include "recurrent_kernels.h"

#include <modhost/nn_recurrent.h>

#include "arguments.h"

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

using Choice = std::optional<KernelChoice>;

// x [N, T, in], h and c [N, H].
ops::RecurrentResult steps(const std::string& operation, const Tensor& x, const Tensor& h,
                           const Tensor& c, const ops::RecurrentWeights& weights) {
  if (operation == "lstm_cell") return ops::lstm_layer(x, h, c, weights, {});
  if (operation == "gru_cell") return ops::gru_layer(x, h, weights, {});
  return ops::rnn_layer(x, h, weights, {}, operation == "rnn_relu_cell" ? "relu" : "tanh");
}

}  // namespace

// lstm, gru, rnn_tanh, rnn_relu(x, state, weights, ...) from a state of zeros: the layer knows its
// weights. Gives the outputs of all steps [N, T, H], then the last states, [N, layers, H] each.
Choice recurrent_stack(const Call& call, const KernelContext& context) {
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

// gru_cell, rnn_*_cell(x, h, w_ih, w_hh, b_ih, b_hh) -> h; lstm_cell(x, [h, c], ...) -> h, c
Choice recurrent_cell(const Call& call, const KernelContext& context) {
  Arguments take(call, context);
  const bool lstm = call.operation == "lstm_cell";
  std::vector<size_t> inputs{take.batch(0)};
  const auto states = lstm ? take.batch_list(1, 2) : std::vector<size_t>{take.batch(1)};
  inputs.insert(inputs.end(), states.begin(), states.end());
  const auto w_ih = take.weight(2), w_hh = take.weight(3);
  const auto b_ih = take.weight(4, true), b_hh = take.weight(5, true);
  if (!take.ok()) return std::nullopt;
  const auto run = [=, operation = call.operation](const Tensors& batch) {
    const Tensor c = lstm ? batch[2] : Tensor();
    const auto next =
        steps(operation, batch[0].unsqueeze(1), batch[1], c, {w_ih(), w_hh(), b_ih(), b_hh()});
    return lstm ? Tensors{next.h, next.c} : Tensors{next.h};
  };
  return KernelChoice{run, inputs, Places::first};
}

}  // namespace modhost_torchscript
