// Loss and accuracy that belong to each kind of output.
#pragma once

#include "modhost/dataset.h"
#include "modhost/signature.h"
#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {

// One loss per sample [n]: cross entropy for classes, choice, digits (averaged over the places) and
// tokens (summed over the tokens of the target, its end token included, as Csordas et al. 2021 do),
// half the squared error for values (averaged), binary cross entropy for bits (averaged). Places
// with a target of -1 do not count, neither in the average nor in correct(); a sample of which none
// counts has loss 0 and is right. batch: target and its lengths.
Tensor loss_per_sample(const Signature& signature, const Tensor& output, const Batch& batch);

// False for real values.
bool has_accuracy(const Signature& signature);

// 1 or 0 per sample [n], float: all places that count, or all tokens of the target, right. Of bits
// the share of right ones.
// Error(shape) for values, which have no accuracy.
Tensor correct(const Signature& signature, const Tensor& output, const Batch& batch);

}  // namespace v1
}  // namespace modhost
