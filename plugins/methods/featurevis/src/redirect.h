// Gradients for units that are off (Olah, Mordvintsev, Schubert 2017: lucid's
// redirected_relu_grad).
#pragma once

#include <modhost/tensor.h>

#include <cstdint>

namespace modhost_featurevis {

// Before loss.backward(): at each ReLU on the way from `loss` (aten::relu, also in place), a row
// whose gradient the ReLU stops altogether keeps the part of it that would raise what the ReLU
// reads. Other rows have their true gradient. The first dimension of each value on the way counts
// `rows`, or a multiple of it, of which each has equally many.
void redirect_relus(const modhost::Tensor& loss, int64_t rows);

}  // namespace modhost_featurevis
