#include "pickled_tensors.h"

#include "modhost/error.h"
#include "modhost/shown_text.h"
#include "pickled_arrays.h"
#include "tensor_types.h"
#include "torch_legacy.h"

namespace modhost {
inline namespace v1 {
namespace pickle {
namespace {

constexpr size_t kMostDimensions = 64;
constexpr uint64_t kAlwaysAllowed = uint64_t{1} << 28;

// Types of storages that can lie in a file but in no tensor here.
struct ForeignType {
  std::string_view storage;
  torch::ScalarType type;
  const char* what;
};
constexpr ForeignType kForeign[] = {
    {"ComplexFloatStorage", torch::kComplexFloat, "a complex tensor"},
    {"ComplexDoubleStorage", torch::kComplexDouble, "a complex tensor"},
    {"QInt8Storage", torch::kQInt8, "a quantized tensor"},
    {"QUInt8Storage", torch::kQUInt8, "a quantized tensor"},
    {"QInt32Storage", torch::kQInt32, "a quantized tensor"},
};

// The elements that the view reaches beyond its offset, or nothing when a number is out of range.
std::optional<uint64_t> extent(const std::vector<int64_t>& size, const std::vector<int64_t>& stride,
                               uint64_t limit) {
  uint64_t last = 0;
  for (size_t i = 0; i < size.size(); ++i) {
    const auto steps = static_cast<uint64_t>(size[i] - 1);
    const auto step = static_cast<uint64_t>(stride[i]);
    if (steps != 0 && step > (limit - last) / steps) return std::nullopt;
    last += steps * step;
  }
  return last + 1;
}

// The product of the sizes; nothing when it is above `limit`.
std::optional<uint64_t> product(const std::vector<int64_t>& size, uint64_t limit) {
  uint64_t count = 1;
  for (const int64_t length : size) {
    const auto next = static_cast<uint64_t>(length);
    if (next != 0 && count > limit / next) return std::nullopt;
    count *= next;
  }
  return count;
}

bool any_below_zero(const std::vector<int64_t>& numbers) {
  for (const int64_t number : numbers) {
    if (number < 0) return true;
  }
  return false;
}

}  // namespace

Storages::~Storages() = default;

uint64_t StorageId::bytes() const { return elements * c10::elementSize(type); }

StorageId storage_id(const Document& document, const Persistent& persistent,
                     const std::string& where) {
  const auto require = [&](bool condition, const std::string& what) {
    check(condition, ErrorCode::data, "cannot read '" + where + "': " + what);
  };
  const auto* parts = document.find<Sequence>(persistent.id);
  require(
      parts != nullptr && parts->elements.size() >= 5 && text_of(parts->elements[0]) == "storage",
      "it refers to something outside that is no storage");
  const auto* global = document.find<Global>(parts->elements[1]);
  const auto elements = integer_of(parts->elements[4]);
  require(global != nullptr && elements && *elements >= 0 && *elements < int64_t{1} << 48,
          "a storage has no type or no size");
  require(parts->elements.size() == 5 || std::holds_alternative<None>(parts->elements[5]),
          "its storages are parts of each other, as PyTorch before 0.4 wrote them");
  StorageId id;
  id.key = text_of(parts->elements[2]);
  id.elements = static_cast<uint64_t>(*elements);
  require(!id.key.empty() && id.key.size() <= 100, "a storage has no name");
  if (global->name == "UntypedStorage") return id;
  if (const auto* names = detail::named_by(&detail::TypeNames::storage, global->name)) {
    id.type = names->type;
    return id;
  }
  for (const ForeignType& foreign : kForeign) {
    if (global->name != foreign.storage) continue;
    id.type = foreign.type;
    id.foreign = foreign.what;
    return id;
  }
  throw Error(ErrorCode::data, "cannot read '" + where + "': a storage has the unknown type '" +
                                   shown(global->name) + "'");
}

PickledTensors::PickledTensors(const Document& document, Storages& storages, std::string where,
                               uint64_t file_bytes)
    : document_(document),
      storages_(storages),
      where_(std::move(where)),
      budget_(kAlwaysAllowed + 16 * file_bytes) {}

void PickledTensors::fail(const std::string& what) const {
  throw Error(ErrorCode::data, "cannot read '" + where_ + "': " + what);
}

void PickledTensors::claim(uint64_t bytes) {
  if (bytes > budget_) fail("its tensors claim far more memory than the file has");
  budget_ -= bytes;
}

bool PickledTensors::is_tensor(const Value& value) const {
  const auto call = call_of(document_, value);
  if (!call) return false;
  switch (call->function) {
    case Function::tensor:
    case Function::tensor_with_type:
    case Function::other_tensor:
    case Function::array:
    case Function::array_of_buffer:
      return true;
    default:
      return false;
  }
}

Found PickledTensors::read(const Value& value) {
  const auto call = call_of(document_, value);
  const Ref* ref = std::get_if<Ref>(&value);
  if (!call || ref == nullptr) fail("a tensor is missing");
  const auto known = known_.find(ref->node);
  if (known != known_.end()) return known->second;
  return known_.emplace(ref->node, read_call(*call)).first->second;
}

Found PickledTensors::read_call(const Call& call) {
  switch (call.function) {
    case Function::tensor:
    case Function::tensor_with_type:
      return read_tensor(call);
    case Function::array:
    case Function::array_of_buffer:
      return read_array(call);
    default: {
      constexpr std::string_view kStart = "_rebuild_";
      return Foreign{"a tensor of the kind '" + shown(call.name->name.substr(kStart.size())) + "'"};
    }
  }
}

Found PickledTensors::read_tensor(const Call& call) {
  if (call.arguments->empty()) fail("a tensor has no storage");
  const Value& storage = call.arguments->front();
  if (const auto* persistent = document_.find<Persistent>(storage)) {
    const StorageId id = storage_id(document_, *persistent, where_);
    if (id.foreign) return Foreign{*id.foreign};
    return view(id, storages_.bytes(id), call);
  }
  const auto inner = call_of(document_, storage);
  if (!inner || inner->function != Function::storage || inner->arguments->empty()) {
    fail("a tensor has no storage");
  }
  const auto* payload = std::get_if<Bytes>(&inner->arguments->front());
  if (payload == nullptr) fail("a storage has no bytes");
  TorchLegacy legacy(payload->bytes, where_);
  const auto* persistent = legacy.document().find<Persistent>(legacy.document().root());
  if (persistent == nullptr) fail("a storage is something else");
  const StorageId id = storage_id(legacy.document(), *persistent, where_);
  if (id.foreign) return Foreign{*id.foreign};
  return view(id, legacy.bytes(id), call);
}

// (storage, offset, size, stride, requires_grad, hooks[, dtype, metadata])
Found PickledTensors::view(const StorageId& id, const Tensor& bytes, const Call& call) {
  const std::vector<Value>& arguments = *call.arguments;
  torch::ScalarType type = id.type;
  if (call.function == Function::tensor_with_type) {
    const auto* global = arguments.size() > 6 ? document_.find<Global>(arguments[6]) : nullptr;
    if (global == nullptr) fail("a tensor has no type");
    const auto* names = detail::named_by(&detail::TypeNames::word, global->name);
    if (names == nullptr) return Foreign{"a tensor of type " + shown(global->name)};
    type = names->type;
  }
  const auto offset = arguments.size() > 3 ? integer_of(arguments[1]) : std::nullopt;
  const auto size = offset ? integers_of(document_, arguments[2]) : std::nullopt;
  const auto stride = offset ? integers_of(document_, arguments[3]) : std::nullopt;
  if (!size || !stride || size->size() != stride->size() || size->size() > kMostDimensions) {
    fail("a tensor has no offset, size and stride");
  }
  if (*offset < 0 || any_below_zero(*size)) fail("a tensor has a negative size");
  if (any_below_zero(*stride)) fail("a tensor has a negative stride");

  const uint64_t item = c10::elementSize(type);
  const uint64_t there = static_cast<uint64_t>(bytes.numel()) / item;
  const auto from = static_cast<uint64_t>(*offset);
  const auto elements = product(*size, uint64_t{1} << 48);
  if (!elements) fail("a tensor of shape " + shape_text(*size) + " is too large");
  const auto reach = *elements == 0 ? 0 : extent(*size, *stride, uint64_t{1} << 48);
  if (!reach || from > there || *reach > there - from) {
    fail("a tensor of shape " + shape_text(*size) + " and strides " + shape_text(*stride) +
         " at offset " + std::to_string(*offset) + " goes beyond its storage of " +
         std::to_string(there) + " elements");
  }
  claim(*elements * item);
  if (*elements == 0) return torch::empty(*size, type);
  const torch::NoGradGuard no_grad;
  return torch::empty({0}, type).set_(bytes.storage(), *offset, *size, *stride);
}

Found PickledTensors::read_array(const Call& call) {
  const auto found = array_of(document_, call, where_);
  if (const auto* foreign = std::get_if<std::string>(&found)) return Foreign{*foreign};
  const NpyArray& array = std::get<NpyArray>(found);
  claim(array.bytes.size());
  const auto tensor = detail::tensor_of(array);
  if (!tensor) return Foreign{"an array of type '" + shown(array.descr) + "'"};
  return *tensor;
}

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
