// The element types of tensors and what file formats call them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "modhost/npz.h"
#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace detail {

struct TypeNames {
  torch::ScalarType type;
  const char* safetensors;  // "F32"
  const char* numpy;        // "<f4"; nullptr: numpy has no such type
  const char* storage;      // "FloatStorage", of PyTorch's pickles
  const char* word;         // "float32", as Python says it
};

// nullptr for a type that no file format here knows (complex, quantized, ...).
const TypeNames* names_of(torch::ScalarType type);
// The same; Error(shape) names the tensor.
const TypeNames& names_of(const std::string& tensor, torch::ScalarType type);
const TypeNames* named_by(const char* TypeNames::*column, std::string_view name);

// The tensor's elements on the CPU, one after the other.
Tensor packed(const Tensor& tensor);

// A copy of the array; nothing when a tensor cannot hold its type.
std::optional<Tensor> tensor_of(const NpyArray& array);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
