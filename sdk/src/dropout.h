// Dropout with counter-based noise.
#pragma once

#include <cstdint>
#include <vector>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// x: [P*b, ...] with P = keys.size(); entry i of part e is kept by a number that depends on
// keys[e], step and its position i within the part alone. Kept entries are scaled by 1/(1-p).
Tensor dropout(const Tensor& x, double p, const std::vector<uint64_t>& keys, uint64_t step);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
