// What happens to kernels besides their update: penalties on their size, and pruning.
#pragma once

#include <cstdint>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Adds l1 * sign(w) + 2 * l2 * w to the gradient in place; both contiguous. sign(0) is 0.
void add_size_gradient(const Tensor& gradient, const Tensor& weight, double l1, double l2);

// Which entries stay when the share `sparsity` of each of `parts` equal consecutive parts goes: of
// each the round((1 - sparsity) * size) largest |w|, the first among equal ones. Bool, of the
// weight's shape and device. NaN counts as 0.
Tensor largest_entries(const Tensor& weight, int64_t parts, double sparsity);

// Sets entries to +0 where `kept` is false; both contiguous.
void zero_pruned(const Tensor& tensor, const Tensor& kept);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
