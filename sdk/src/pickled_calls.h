// The calls in pickles that a reader of weights understands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pickle.h"

namespace modhost {
inline namespace v1 {
namespace pickle {

enum class Function {
  unknown,
  parameter,         // torch._utils._rebuild_parameter(data, ...)
  of_type,           // torch._tensor._rebuild_from_type_v2(function, type, arguments, state)
  tensor,            // torch._utils._rebuild_tensor[_v2](storage, offset, size, stride, ...)
  tensor_with_type,  // torch._utils._rebuild_tensor_v3(the same, ..., dtype, metadata)
  other_tensor,      // sparse, quantized, ...
  storage,           // torch.storage._load_from_bytes(payload)
  size,              // torch.Size(tuple)
  type_tag,          // torch.jit._pickle.restore_type_tag(value, type)
  array,             // numpy.core.multiarray._reconstruct, the contents are the state
  array_of_buffer,   // numpy.core.numeric._frombuffer(bytes, dtype, shape, order)
  array_type,        // numpy.dtype(name, ...)
  no_bytes,          // bytes(): how protocol 2 writes b""
  encode,            // _codecs.encode(text, "latin1"): how protocol 2 writes bytes
};

// What a value calls, with parameters and types unwrapped: the tensor inside of a Parameter.
struct Call {
  Function function = Function::unknown;
  const Global* name = nullptr;
  const std::vector<Value>* arguments = nullptr;
  Value state;
};

// Nothing when the value is no object made by calling an imported name with a tuple.
std::optional<Call> call_of(const Document& document, const Value& value);

// The number, or nothing for anything else; booleans are no numbers.
std::optional<int64_t> integer_of(const Value& value);

// A tuple or list of numbers.
std::optional<std::vector<int64_t>> integers_of(const Document& document, const Value& value);

// The text, or "" for anything else.
std::string_view text_of(const Value& value);

// Bytes, in whichever of the three ways that pickles write them; nothing for anything else.
std::optional<std::string> bytes_of(const Document& document, const Value& value);

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
