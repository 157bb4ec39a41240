#include "modhost/tensor.h"

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {

const Tensor* find(const NamedTensors& tensors, const std::string& name) {
  for (const auto& [key, tensor] : tensors) {
    if (key == name) return &tensor;
  }
  return nullptr;
}

std::string shape_text(torch::IntArrayRef sizes) {
  std::vector<std::string> parts;
  for (const int64_t size : sizes) parts.push_back(std::to_string(size));
  return "[" + join(parts) + "]";
}

std::string shape_text(const Tensor& tensor) { return shape_text(tensor.sizes()); }

}  // namespace v1
}  // namespace modhost
