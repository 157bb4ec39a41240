// Activation functions by name, so that options and layer kinds offer the same ones.
#pragma once

#include <string>

#include "modhost/option.h"
#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {

// none, relu, tanh, sigmoid, gelu, silu, step.
Choices activations();

// Entry by entry. `step` is 1 above zero and 0 elsewhere, with the gradient of clamp(x, -1, 1).
// Error(config) for another name, with the nearest.
Tensor activate(const std::string& name, const Tensor& x);

// By how much weights are multiplied so that the variance stays the same from layer to layer:
// sqrt(2) for relu (He et al. 2015), 5/3 for tanh, 1 for the others, as in PyTorch.
double activation_gain(const std::string& name);

}  // namespace v1
}  // namespace modhost
