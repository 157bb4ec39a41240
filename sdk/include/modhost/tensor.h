// The tensor type of the SDK and lists of named tensors.
#pragma once

#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

namespace modhost {
inline namespace v1 {

using torch::Tensor;

// Ordered as in the network: the order of a state dict.
using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

// nullptr when there is none of that name.
const Tensor* find(const NamedTensors& tensors, const std::string& name);

// "[2, 3]"
std::string shape_text(const Tensor& tensor);
std::string shape_text(torch::IntArrayRef sizes);

}  // namespace v1
}  // namespace modhost
