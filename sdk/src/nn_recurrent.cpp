#include "modhost/nn_recurrent.h"

#include <cmath>

#include "input_check.h"
#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace nn {
namespace {

const char* kind_of(RecurrentCell cell, bool stack) {
  switch (cell) {
    case RecurrentCell::lstm:
      return stack ? "lstm" : "lstm_cell";
    case RecurrentCell::gru:
      return stack ? "gru" : "gru_cell";
    default:
      return stack ? "rnn" : "rnn_cell";
  }
}

int64_t gates_of(RecurrentCell cell) {
  return cell == RecurrentCell::lstm ? 4 : cell == RecurrentCell::gru ? 3 : 1;
}

// Initialisation of the four parameters of one layer.
struct GateInits {
  Init w_ih, w_hh, b_ih, b_hh;
};

GateInits inits(RecurrentCell cell, RecurrentInit kind, int64_t in, int64_t hidden) {
  if (kind == RecurrentInit::pytorch) {
    const Init same = init::uniform(1 / std::sqrt(static_cast<double>(hidden)));
    return {same, same, same, same};
  }
  check(cell == RecurrentCell::lstm, ErrorCode::config,
        "the initialisation 'csordas2021' is for LSTMs; it has no rule for other cells");
  constexpr double kTanhGain = 5.0 / 3;
  const auto units = static_cast<double>(hidden);
  const double from_x = std::sqrt(1 / (static_cast<double>(in) + units));
  const Init gate = init::normal(std::sqrt(0.5 / units));
  return {init::blocks({{2 * hidden, init::normal(from_x)},
                        {hidden, init::normal(kTanhGain * from_x)},
                        {hidden, init::normal(from_x)}}),
          init::blocks({{2 * hidden, gate},
                        {hidden, init::orthogonal(kTanhGain * std::sqrt(0.5))},
                        {hidden, gate}}),
          init::blocks({{hidden, init::constant(0)},
                        {hidden, init::constant(1)},
                        {2 * hidden, init::constant(0)}}),
          init::constant(0)};
}

ops::RecurrentResult run(RecurrentCell cell, const Tensor& x, const Tensor& h, const Tensor& c,
                         const GateParameters& gates, const Tensor& lengths) {
  switch (cell) {
    case RecurrentCell::lstm:
      return ops::lstm_layer(x, h, c, gates.views(), lengths);
    case RecurrentCell::gru:
      return ops::gru_layer(x, h, gates.views(), lengths);
    case RecurrentCell::rnn_tanh:
      return ops::rnn_layer(x, h, gates.views(), lengths, "tanh");
    case RecurrentCell::rnn_relu:
      return ops::rnn_layer(x, h, gates.views(), lengths, "relu");
  }
  throw Error(ErrorCode::internal, "unknown recurrent cell");
}

void check_state(const Layer& layer, const std::vector<Tensor>& state, int64_t layers) {
  if (state.empty() || static_cast<int64_t>(state.size()) == layers) return;
  throw Error(ErrorCode::shape, layer.kind() + ": a state of " + std::to_string(state.size()) +
                                    " layers for " + std::to_string(layers));
}

Tensor at_layer(const std::vector<Tensor>& state, int64_t layer) {
  return state.empty() ? Tensor() : state[static_cast<size_t>(layer)];
}

}  // namespace

ops::RecurrentWeights GateParameters::views() const {
  return {w_ih.get(), w_hh.get(), b_ih.get(), b_hh.get()};
}

RecurrentLayer::RecurrentLayer(RecurrentCell cell, int64_t in, int64_t hidden,
                               RecurrentSettings settings)
    : Layer(kind_of(cell, true), in, hidden), cell_(cell), settings_(settings) {
  const int64_t rows = gates_of(cell) * hidden;
  std::string below = "in";
  for (int64_t layer = 0; layer < settings.layers; ++layer) {
    const std::string end = "_l" + std::to_string(layer);
    const bool top = layer + 1 == settings.layers;
    const std::string units = top ? "out" : "layer" + std::to_string(layer);
    group(units, hidden);
    const GateInits start = inits(cell, settings.init, in, hidden);
    GateParameters gates;
    gates.w_ih = parameter("weight_ih" + end, {rows, in}, start.w_ih);
    gates.w_hh = parameter("weight_hh" + end, {rows, hidden}, start.w_hh);
    if (settings.biases >= 1) gates.b_ih = parameter("bias_ih" + end, {rows}, start.b_ih);
    if (settings.biases == 2) gates.b_hh = parameter("bias_hh" + end, {rows}, start.b_hh);
    feeds({gates.w_ih, 0, 1, units, below});
    feeds({gates.w_hh, 0, 1, units, units});
    feeds({gates.b_ih, 0, Wiring::kNone, units});
    feeds({gates.b_hh, 0, Wiring::kNone, units});
    gates_.push_back(gates);
    below = units;
    in = hidden;
  }
}

Tensor RecurrentLayer::forward(const Tensor& x) {
  const Tensor y = forward(x, RecurrentState{}).y;
  return settings_.last ? y.select(1, y.size(1) - 1) : y;
}

RecurrentOutput RecurrentLayer::forward(const Tensor& x, const RecurrentState& state,
                                        const Tensor& lengths) {
  detail::check_input(*this, x, x.dim() == 3 && x.size(1) > 0 && x.size(2) == units_in(),
                      [&] { return "[n, steps, " + std::to_string(units_in()) + "]"; });
  check_state(*this, state.h, layers());
  check_state(*this, state.c, layers());
  RecurrentOutput out{x, {}};
  for (int64_t layer = 0; layer < layers(); ++layer) {
    const Tensor below = layer > 0 ? drop(out.y, settings_.dropout) : out.y;
    const ops::RecurrentResult result =
        run(cell_, below, at_layer(state.h, layer), at_layer(state.c, layer),
            gates_[static_cast<size_t>(layer)], lengths);
    out.y = result.y;
    if (layer + 1 < layers()) show("layer" + std::to_string(layer), out.y);
    out.state.h.push_back(result.h);
    if (result.c.defined()) out.state.c.push_back(result.c);
  }
  return out;
}

RecurrentCellLayer::RecurrentCellLayer(RecurrentCell cell, int64_t in, int64_t hidden,
                                       int64_t biases, RecurrentInit init)
    : Layer(kind_of(cell, false), in, hidden), cell_(cell) {
  const int64_t rows = gates_of(cell) * hidden;
  const GateInits start = inits(cell, init, in, hidden);
  gates_.w_ih = parameter("weight_ih", {rows, in}, start.w_ih);
  gates_.w_hh = parameter("weight_hh", {rows, hidden}, start.w_hh);
  if (biases >= 1) gates_.b_ih = parameter("bias_ih", {rows}, start.b_ih);
  if (biases == 2) gates_.b_hh = parameter("bias_hh", {rows}, start.b_hh);
  feeds({gates_.w_ih, 0, 1});
  feeds({gates_.w_hh, 0, 1, "out", "out"});
  feeds({gates_.b_ih, 0});
  feeds({gates_.b_hh, 0});
}

Tensor RecurrentCellLayer::forward(const Tensor& x) { return forward(x, RecurrentState{}).h[0]; }

RecurrentState RecurrentCellLayer::forward(const Tensor& x, const RecurrentState& state) {
  detail::check_input(*this, x, x.dim() == 2 && x.size(1) == units_in(),
                      [&] { return "[n, " + std::to_string(units_in()) + "]"; });
  check_state(*this, state.h, 1);
  check_state(*this, state.c, 1);
  const ops::RecurrentResult result =
      run(cell_, x.unsqueeze(1), at_layer(state.h, 0), at_layer(state.c, 0), gates_, {});
  RecurrentState next{{result.h}, {}};
  if (result.c.defined()) next.c.push_back(result.c);
  return next;
}

}  // namespace nn
}  // namespace v1
}  // namespace modhost
