// Lengths of padded sequences.
#pragma once

#include <string>

#include "modhost/error.h"
#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Error(shape) unless `lengths` is [rows] int64 with numbers in least .. most.
inline void check_lengths(const Tensor& lengths, int64_t rows, int64_t least, int64_t most) {
  if (lengths.scalar_type() != torch::kLong || lengths.dim() != 1 || lengths.size(0) != rows) {
    throw Error(ErrorCode::shape, "lengths of type " +
                                      std::string(c10::toString(lengths.scalar_type())) + " " +
                                      shape_text(lengths) + "; expected Long [" +
                                      std::to_string(rows) + "], one for each row of the batch");
  }
  if (rows == 0) return;
  const auto low = lengths.min().item<int64_t>(), high = lengths.max().item<int64_t>();
  if (low < least || high > most) {
    throw Error(ErrorCode::shape, "a length of " + std::to_string(low < least ? low : high) +
                                      "; expected " + std::to_string(least) + " .. " +
                                      std::to_string(most));
  }
}

// [rows, most]: is this position within its row's length?
inline Tensor within_length(const Tensor& lengths, int64_t most) {
  return torch::arange(most, lengths.options()).unsqueeze(0) < lengths.unsqueeze(1);
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
