#include "pickled_calls.h"

namespace modhost {
inline namespace v1 {
namespace pickle {
namespace {

constexpr int kDeepestWrapping = 8;

struct Known {
  std::string_view module, name;
  Function function;
};
constexpr Known kKnown[] = {
    {"torch._utils", "_rebuild_parameter", Function::parameter},
    {"torch._utils", "_rebuild_parameter_with_state", Function::parameter},
    {"torch._tensor", "_rebuild_from_type", Function::of_type},
    {"torch._tensor", "_rebuild_from_type_v2", Function::of_type},
    {"torch._utils", "_rebuild_tensor", Function::tensor},
    {"torch._utils", "_rebuild_tensor_v2", Function::tensor},
    {"torch._utils", "_rebuild_tensor_v3", Function::tensor_with_type},
    {"torch.storage", "_load_from_bytes", Function::storage},
    {"torch", "Size", Function::size},
    {"torch.jit._pickle", "restore_type_tag", Function::type_tag},
    {"numpy.core.multiarray", "_reconstruct", Function::array},
    {"numpy.core.numeric", "_frombuffer", Function::array_of_buffer},
    {"numpy", "dtype", Function::array_type},
    {"builtins", "bytes", Function::no_bytes},
    {"__builtin__", "bytes", Function::no_bytes},
    {"_codecs", "encode", Function::encode},
};

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// NumPy 2 calls its "numpy.core" "numpy._core".
bool same_module(std::string_view module, std::string_view known) {
  constexpr std::string_view kOld = "numpy.core.";
  constexpr std::string_view kNew = "numpy._core.";
  if (starts_with(known, kOld) && starts_with(module, kNew)) {
    return module.substr(kNew.size()) == known.substr(kOld.size());
  }
  return module == known;
}

Function function_of(const Global& global) {
  for (const Known& known : kKnown) {
    if (global.name == known.name && same_module(global.module, known.module)) {
      return known.function;
    }
  }
  const bool rebuilt = global.module == "torch._utils" && starts_with(global.name, "_rebuild_");
  return rebuilt ? Function::other_tensor : Function::unknown;
}

std::optional<Call> call(const Document& document, const Value& callable, const Value& arguments) {
  const auto* global = document.find<Global>(callable);
  const auto* tuple = document.find<Sequence>(arguments);
  if (global == nullptr || tuple == nullptr) return std::nullopt;
  return Call{function_of(*global), global, &tuple->elements, None{}};
}

// Latin-1 text as its bytes; nothing when a character is beyond it.
std::optional<std::string> latin1(std::string_view utf8) {
  std::string out;
  for (size_t at = 0; at < utf8.size(); ++at) {
    const auto lead = static_cast<unsigned char>(utf8[at]);
    if (lead < 0x80) {
      out += static_cast<char>(lead);
      continue;
    }
    const bool two_bytes = (lead & 0xfc) == 0xc0 && at + 1 < utf8.size();
    if (!two_bytes) return std::nullopt;
    const auto next = static_cast<unsigned char>(utf8[++at]);
    out += static_cast<char>((lead & 3) << 6 | (next & 0x3f));
  }
  return out;
}

}  // namespace

std::optional<Call> call_of(const Document& document, const Value& value) {
  const Value* current = &value;
  for (int depth = 0; depth < kDeepestWrapping; ++depth) {
    const auto* object = document.find<Object>(*current);
    if (object == nullptr) return std::nullopt;
    std::optional<Call> found = call(document, object->callable, object->arguments);
    if (!found) return std::nullopt;
    found->state = object->state;
    if (found->function == Function::of_type && found->arguments->size() >= 3) {
      return call(document, (*found->arguments)[0], (*found->arguments)[2]);
    }
    if (found->function != Function::parameter || found->arguments->empty()) return found;
    current = &found->arguments->front();
  }
  return std::nullopt;
}

std::optional<int64_t> integer_of(const Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? std::nullopt : std::optional<int64_t>(*number);
}

std::optional<std::vector<int64_t>> integers_of(const Document& document, const Value& value) {
  const auto size = call_of(document, value);
  const bool wrapped = size && size->function == Function::size && size->arguments->size() == 1;
  const auto* sequence = document.find<Sequence>(wrapped ? size->arguments->front() : value);
  if (sequence == nullptr) return std::nullopt;
  std::vector<int64_t> numbers;
  for (const Value& element : sequence->elements) {
    const auto number = integer_of(element);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

std::string_view text_of(const Value& value) {
  const auto* text = std::get_if<Text>(&value);
  return text == nullptr ? std::string_view() : text->utf8;
}

std::optional<std::string> bytes_of(const Document& document, const Value& value) {
  if (const auto* bytes = std::get_if<Bytes>(&value)) return std::string(bytes->bytes);
  if (const auto* text = std::get_if<Text>(&value)) return std::string(text->utf8);  // Python 2
  const auto encoded = call_of(document, value);
  if (encoded && encoded->function == Function::no_bytes) return std::string();
  if (!encoded || encoded->function != Function::encode || encoded->arguments->empty()) {
    return std::nullopt;
  }
  return latin1(text_of(encoded->arguments->front()));
}

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
