// An LSTM over all steps as one operation, in single precision on the CPU.
#pragma once

#include "modhost/ops_recurrent.h"

namespace modhost {
inline namespace v1 {
namespace detail {

bool can_fuse_lstm(const Tensor& projected, const WeightView& w_hh);

// projected [E*b, T, 4H]: the input's share of the gates i, f, g, o in every step, all biases
// included. h0, c0 [E*b, H]; lengths [E*b] int64 or undefined; w_hh [4H, H], plain or varied.
// Results as ops::lstm_layer. The recurrent weights are laid out once for all steps; under sampled
// masks they stay as they are and the bits are applied while they are multiplied. One product over
// all steps gives the gradient of the weights. The same bits at any number of threads, apart from
// the gradient of plain and given weights, which BLAS computes.
ops::RecurrentResult lstm_recurrence(const Tensor& projected, const Tensor& h0, const Tensor& c0,
                                     const WeightView& w_hh, const Tensor& lengths);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
