#include "pickled_arrays.h"

#include "modhost/error.h"
#include "modhost/shown_text.h"

namespace modhost {
inline namespace v1 {
namespace pickle {
namespace {

constexpr size_t kMostDimensions = 64;

// The four things that make an array, in whichever order the pickle has them.
struct Parts {
  const Value* shape = nullptr;
  const Value* type = nullptr;
  const Value* bytes = nullptr;
  bool fortran_order = false;
};

// The state of numpy.ndarray: (version, shape, dtype, is_fortran, bytes).
Parts parts_of_state(const Document& document, const Call& call) {
  const auto* state = document.find<Sequence>(call.state);
  if (state == nullptr || state->elements.size() != 5) return {};
  const std::vector<Value>& parts = state->elements;
  const bool* fortran = std::get_if<bool>(&parts[3]);
  return {&parts[1], &parts[2], &parts[4], fortran != nullptr && *fortran};
}

// _frombuffer(bytes, dtype, shape, order)
Parts parts_of_buffer(const Call& call) {
  if (call.arguments->size() != 4) return {};
  const std::vector<Value>& parts = *call.arguments;
  return {&parts[2], &parts[1], &parts[0], text_of(parts[3]) == "F"};
}

// "<f4" of dtype("f4") with the state (3, "<", ...); "" when it is no dtype at all.
std::string type_text(const Document& document, const Value& value) {
  const auto call = call_of(document, value);
  if (!call || call->function != Function::array_type || call->arguments->empty()) return "";
  const std::string_view name = text_of(call->arguments->front());
  const auto* state = document.find<Sequence>(call->state);
  if (name.empty() || name.size() > 16 || state == nullptr || state->elements.size() < 2) return "";
  std::string order(text_of(state->elements[1]));
  return (order == "=" ? "<" : order) + std::string(name);
}

}  // namespace

std::variant<NpyArray, std::string> array_of(const Document& document, const Call& call,
                                             const std::string& where) {
  const auto require = [&](bool condition, const std::string& what) {
    check(condition, ErrorCode::data, "cannot read '" + where + "': " + what);
  };
  const Parts parts =
      call.function == Function::array ? parts_of_state(document, call) : parts_of_buffer(call);
  require(parts.shape != nullptr, "an array has no contents");
  const std::string type = type_text(document, *parts.type);
  require(!type.empty(), "an array has no type");
  if (type[0] == '>') return "a big-endian array";

  NpyArray array;
  array.descr = type;
  array.fortran_order = parts.fortran_order;
  if (array.item_size() == 0) return "an array of type '" + shown(type) + "'";
  const auto shape = integers_of(document, *parts.shape);
  require(shape && shape->size() <= kMostDimensions, "an array has no shape");
  array.shape = *shape;
  const auto bytes = bytes_of(document, *parts.bytes);
  require(bytes.has_value(), "an array has no bytes");
  const auto elements = static_cast<uint64_t>(array.element_count());
  require(elements == bytes->size() / array.item_size() && bytes->size() % array.item_size() == 0,
          "an array holds " + std::to_string(bytes->size()) + " bytes, which is not its shape");
  array.bytes.assign(bytes->begin(), bytes->end());
  return array;
}

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
