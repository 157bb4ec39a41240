// Stacks of recurrent layers and single steps of them, for all parts of a batch at once.
#pragma once

#include <optional>

#include "kernels.h"

namespace modhost_torchscript {

// Of choose_kernel(): lstm, gru, rnn_tanh, rnn_relu.
std::optional<KernelChoice> recurrent_stack(const Call& call, const KernelContext& context);
// lstm_cell, gru_cell, rnn_tanh_cell, rnn_relu_cell.
std::optional<KernelChoice> recurrent_cell(const Call& call, const KernelContext& context);

}  // namespace modhost_torchscript
