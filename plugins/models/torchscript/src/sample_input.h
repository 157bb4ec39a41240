// Inputs like those of a dataset, to try a network with.
#pragma once

#include <modhost/signature.h>
#include <modhost/tensor.h>

#include <cstdint>

namespace modhost_torchscript {

using modhost::Signature;
using modhost::Tensor;

// [rows, ...] as the signature says: normal numbers, or tokens. The same seed gives the same bits,
// and the first rows of a longer batch.
Tensor sample_input(const Signature& signature, int64_t rows, uint64_t seed);

// The same with another row `row`.
Tensor with_other_row(const Signature& signature, const Tensor& input, int64_t row, uint64_t seed);

// Numbers of any shape.
Tensor random_normal(torch::IntArrayRef shape, uint64_t seed);

}  // namespace modhost_torchscript
