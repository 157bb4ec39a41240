#include "tensor_types.h"

#include <algorithm>
#include <cstring>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr TypeNames kTypes[] = {
    {torch::kFloat32, "F32", "<f4", "FloatStorage", "float32"},
    {torch::kFloat64, "F64", "<f8", "DoubleStorage", "float64"},
    {torch::kFloat16, "F16", "<f2", "HalfStorage", "float16"},
    {torch::kBFloat16, "BF16", nullptr, "BFloat16Storage", "bfloat16"},
    {torch::kInt64, "I64", "<i8", "LongStorage", "int64"},
    {torch::kInt32, "I32", "<i4", "IntStorage", "int32"},
    {torch::kInt16, "I16", "<i2", "ShortStorage", "int16"},
    {torch::kInt8, "I8", "|i1", "CharStorage", "int8"},
    {torch::kUInt8, "U8", "|u1", "ByteStorage", "uint8"},
    {torch::kBool, "BOOL", "|b1", "BoolStorage", "bool"},
};

}  // namespace

const TypeNames* names_of(torch::ScalarType type) {
  const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [&](const TypeNames& names) { return names.type == type; });
  return found == std::end(kTypes) ? nullptr : found;
}

const TypeNames& names_of(const std::string& tensor, torch::ScalarType type) {
  const TypeNames* names = names_of(type);
  check(names != nullptr, ErrorCode::shape,
        "tensor '" + tensor + "' has a type that no file format here knows");
  return *names;
}

const TypeNames* named_by(const char* TypeNames::*column, std::string_view name) {
  const auto* found = std::find_if(
      std::begin(kTypes), std::end(kTypes),
      [&](const TypeNames& names) { return names.*column != nullptr && name == names.*column; });
  return found == std::end(kTypes) ? nullptr : found;
}

Tensor packed(const Tensor& tensor) { return tensor.detach().to(torch::kCPU).contiguous(); }

std::optional<Tensor> tensor_of(const NpyArray& array) {
  const TypeNames* names = named_by(&TypeNames::numpy, array.descr);
  if (names == nullptr) return std::nullopt;
  std::vector<int64_t> shape = array.shape;
  if (array.fortran_order) std::reverse(shape.begin(), shape.end());
  Tensor tensor = torch::empty(shape, names->type);
  if (!array.bytes.empty()) {
    std::memcpy(tensor.data_ptr(), array.bytes.data(), array.bytes.size());
  }
  if (!array.fortran_order) return tensor;
  std::vector<int64_t> back(shape.size());
  for (size_t i = 0; i < back.size(); ++i) back[i] = static_cast<int64_t>(back.size() - 1 - i);
  return tensor.permute(back).contiguous();
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
