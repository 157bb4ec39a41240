// Recurrent layers in tensor operations: the input's share of all steps at once, then step by step.
#include "modhost/ops_recurrent.h"

#include <utility>
#include <vector>

#include "lengths.h"
#include "lstm_recurrence.h"
#include "modhost/activation.h"
#include "modhost/error.h"
#include "modhost/ops.h"
#include "parts.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

// h W^T + b for the hidden state of every step, with W and b taken from their views once.
class HiddenProduct {
 public:
  explicit HiddenProduct(const WeightView& w) : transposed_(w.tensor().transpose(-2, -1)) {}

  // added + h W^T. added: [E*b, G*H], h: [E*b, H].
  Tensor plus(const Tensor& added, const Tensor& h) const {
    if (transposed_.dim() == 2) return torch::addmm(added, h, transposed_);
    const int64_t parts = transposed_.size(0), rows = h.size(0) / parts;
    return torch::baddbmm(added.reshape({parts, rows, transposed_.size(2)}),
                          h.reshape({parts, rows, transposed_.size(1)}), transposed_)
        .view(added.sizes());
  }

 private:
  Tensor transposed_;  // [H, G*H] or [E, H, G*H]
};

// A bias [n] or [E, n] for each row of the batch: [1, n] or [E*b, n].
Tensor bias_rows(const WeightView& bias, int64_t rows) {
  const Tensor value = bias.tensor();
  if (bias.plain()) return value.unsqueeze(0);
  const int64_t parts = value.size(0);
  return value.unsqueeze(1).expand({parts, rows / parts, value.size(1)}).flatten(0, 1);
}

// The state of all rows while the steps go by.
struct State {
  Tensor h, c;
};

class Sequence {
 public:
  Sequence(const Tensor& x, const RecurrentWeights& weights, const Tensor& lengths)
      : x_(x), weights_(weights) {
    for (const WeightView* view : {&weights.w_ih, &weights.w_hh, &weights.b_ih, &weights.b_hh}) {
      if (!view->plain()) part_rows(x, view->variation()->size());
    }
    if (!lengths.defined()) return;
    detail::check_lengths(lengths, x.size(0), 0, x.size(1));
    active_ = detail::within_length(lengths, x.size(1)).unsqueeze(2).unbind(1);  // T of [E*b, 1]
  }

  HiddenProduct hidden() const { return HiddenProduct(weights_.w_hh); }

  // W_ih x + b_ih of every step: T tensors [E*b, G*H]. `also`: [E*b or 1, G*H], added to each.
  std::vector<Tensor> projected(const Tensor& also = {}) const {
    return all_projected(also).unbind(1);
  }
  Tensor all_projected(const Tensor& also) const {  // [E*b, T, G*H]
    const Tensor all = linear(x_, weights_.w_ih, weights_.b_ih);
    return also.defined() ? all + also.unsqueeze(1) : all;
  }

  Tensor start(const Tensor& given) const {
    const int64_t units = weights_.w_hh.weight().size(1);
    if (!given.defined()) return x_.new_zeros({x_.size(0), units});
    if (given.dim() == 2 && given.size(0) == x_.size(0) && given.size(1) == units) return given;
    throw Error(ErrorCode::shape, "an initial state of shape " + shape_text(given) + "; expected " +
                                      shape_text({x_.size(0), units}));
  }

  // step(t, state) -> the next state of all rows, if all went on.
  template <typename Step>
  RecurrentResult run(State state, const Step& step) const {
    std::vector<Tensor> outputs;
    for (int64_t t = 0; t < x_.size(1); ++t) {
      const State next = step(t, state);
      if (active_.empty()) {
        outputs.push_back(next.h);
        state = next;
        continue;
      }
      const Tensor& active = active_[t];
      outputs.push_back(next.h * active);
      state.h = torch::where(active, next.h, state.h);
      if (next.c.defined()) state.c = torch::where(active, next.c, state.c);
    }
    return {torch::stack(outputs, 1), state.h, state.c};
  }

 private:
  Tensor x_;
  RecurrentWeights weights_;
  std::vector<Tensor> active_;  // empty: all are, always
};

Tensor hidden_bias(const RecurrentWeights& weights, const Tensor& x) {
  return weights.b_hh.defined() ? bias_rows(weights.b_hh, x.size(0)) : Tensor();
}

}  // namespace

RecurrentResult lstm_layer(const Tensor& x, const Tensor& h0, const Tensor& c0,
                           const RecurrentWeights& weights, const Tensor& lengths) {
  const Sequence sequence(x, weights, lengths);
  if (detail::can_fuse_lstm(x, weights.w_hh)) {
    return detail::lstm_recurrence(sequence.all_projected(hidden_bias(weights, x)),
                                   sequence.start(h0), sequence.start(c0), weights.w_hh, lengths);
  }
  const std::vector<Tensor> projected = sequence.projected(hidden_bias(weights, x));
  const HiddenProduct hidden = sequence.hidden();
  const auto step = [&](int64_t t, const State& state) -> State {
    const std::vector<Tensor> gates = hidden.plus(projected[t], state.h).chunk(4, 1);
    const Tensor c = torch::addcmul(torch::sigmoid(gates[1]) * state.c, torch::sigmoid(gates[0]),
                                    torch::tanh(gates[2]));
    return {torch::sigmoid(gates[3]) * torch::tanh(c), c};
  };
  return sequence.run({sequence.start(h0), sequence.start(c0)}, step);
}

RecurrentResult gru_layer(const Tensor& x, const Tensor& h0, const RecurrentWeights& weights,
                          const Tensor& lengths) {
  const Sequence sequence(x, weights, lengths);
  const std::vector<Tensor> projected = sequence.projected();
  const int64_t gates = weights.w_hh.weight().size(0);
  const Tensor bias = (weights.b_hh.defined() ? hidden_bias(weights, x) : x.new_zeros({1, gates}))
                          .expand({x.size(0), gates});
  const HiddenProduct hidden = sequence.hidden();
  const auto step = [&](int64_t t, const State& state) -> State {
    const std::vector<Tensor> from_x = projected[t].chunk(3, 1);
    const std::vector<Tensor> from_h = hidden.plus(bias, state.h).chunk(3, 1);
    const Tensor r = torch::sigmoid(from_x[0] + from_h[0]);
    const Tensor z = torch::sigmoid(from_x[1] + from_h[1]);
    const Tensor n = torch::tanh(torch::addcmul(from_x[2], r, from_h[2]));
    return {torch::lerp(n, state.h, z), {}};
  };
  return sequence.run({sequence.start(h0), {}}, step);
}

RecurrentResult rnn_layer(const Tensor& x, const Tensor& h0, const RecurrentWeights& weights,
                          const Tensor& lengths, const std::string& activation) {
  const Sequence sequence(x, weights, lengths);
  const std::vector<Tensor> projected = sequence.projected(hidden_bias(weights, x));
  const HiddenProduct hidden = sequence.hidden();
  const auto step = [&](int64_t t, const State& state) -> State {
    return {activate(activation, hidden.plus(projected[t], state.h)), {}};
  };
  return sequence.run({sequence.start(h0), {}}, step);
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
