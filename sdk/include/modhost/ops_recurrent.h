// One layer of a recurrent network over whole sequences, on weight views.
//
// The batch is dimension 0: x [E*b, T, in]. Part e of it meets variant e of the weights in all T
// steps; each weight is asked for its variants once in a call.
#pragma once

#include <string>

#include "modhost/parameter.h"

namespace modhost {
inline namespace v1 {
namespace ops {

// Outputs of all steps, and the state of each row after its own last step.
struct RecurrentResult {
  Tensor y;  // [E*b, T, H]; zero past a row's length
  Tensor h;  // [E*b, H]
  Tensor c;  // [E*b, H]; undefined where the cell has none
};

// The weights of a layer of G gates: G = 4 (LSTM), 3 (GRU), 1 (RNN). Variants have E in front.
struct RecurrentWeights {
  WeightView w_ih;  // [G*H, in]
  WeightView w_hh;  // [G*H, H]
  WeightView b_ih;  // [G*H] or absent
  WeightView b_hh;  // [G*H] or absent
};

// In all of them: h0, c0 [E*b, H], or undefined for zeros. lengths: [E*b] int64 in 0 .. T, or
// undefined when every row has T steps; a row of length 0 keeps its initial state. Rows stay where
// they are whatever their lengths. Error(shape) when sizes disagree.

// Gates in the order i, f, g, o (Hochreiter, Schmidhuber 1997; Gers et al. 2000):
//   c' = sigmoid(f) c + sigmoid(i) tanh(g),  h' = sigmoid(o) tanh(c').
RecurrentResult lstm_layer(const Tensor& x, const Tensor& h0, const Tensor& c0,
                           const RecurrentWeights& weights, const Tensor& lengths);

// Gates in the order r, z, n (Cho et al. 2014): n = tanh(W_in x + b_in + r (W_hn h + b_hn)),
//   h' = (1 - z) n + z h.
RecurrentResult gru_layer(const Tensor& x, const Tensor& h0, const RecurrentWeights& weights,
                          const Tensor& lengths);

// h' = activation(W_ih x + b_ih + W_hh h + b_hh) (Elman 1990); activation: "tanh" or "relu".
RecurrentResult rnn_layer(const Tensor& x, const Tensor& h0, const RecurrentWeights& weights,
                          const Tensor& lengths, const std::string& activation);

}  // namespace ops
}  // namespace v1
}  // namespace modhost
