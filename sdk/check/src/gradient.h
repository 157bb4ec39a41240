// Gradients against central differences along random directions, in float64.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "modhost/conformance/check.h"
#include "modhost/tensor.h"

namespace modhost::conformance {

// `loss` is a float64 scalar computed anew from `leaves`, which require gradients and are put back
// afterwards. The error is that of the better of two steps, 1e-4 and 1e-6, relative to the slope.
// Where the one-sided differences disagree (a kink), another direction is tried, up to five.
Outcome gradient_agrees(const std::vector<Tensor>& leaves, const std::function<Tensor()>& loss,
                        uint64_t seed, double limit);

}  // namespace modhost::conformance
