// Loss and accuracy that belong to each kind of output.
#pragma once

#include "modhost/signature.h"
#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {

// One loss per sample [n]: cross entropy for classes, choice, digits and tokens (the last two
// averaged over their places), half the squared error for values (averaged).
Tensor loss_per_sample(const Signature& signature, const Tensor& output, const Tensor& target);

// False for real values.
bool has_accuracy(const Signature& signature);

// 1 or 0 per sample [n], float: all places right. Error(shape) for values, which have no accuracy.
Tensor correct(const Signature& signature, const Tensor& output, const Tensor& target);

}  // namespace v1
}  // namespace modhost
