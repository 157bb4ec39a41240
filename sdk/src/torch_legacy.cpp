#include "torch_legacy.h"

#include <cstring>

#include "modhost/error.h"
#include "modhost/shown_text.h"

namespace modhost {
inline namespace v1 {
namespace pickle {
namespace {

// The pickle of 0x1950a86a20f9469cfc6c.
constexpr std::string_view kMagic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
constexpr int64_t kVersion = 1001;

// With whole networks come their classes and the source of these: ("module", class, file, source).
bool is_class(const Document& document, const Persistent& persistent) {
  const auto* parts = document.find<Sequence>(persistent.id);
  return parts != nullptr && !parts->elements.empty() && text_of(parts->elements[0]) == "module";
}

}  // namespace

bool TorchLegacy::starts(std::string_view bytes) {
  return bytes.substr(0, kMagic.size()) == kMagic;
}

TorchLegacy::TorchLegacy(std::string_view bytes, const std::string& where) : where_(where) {
  if (!starts(bytes)) fail("a tensor's storage is in no format of PyTorch");
  bytes.remove_prefix(kMagic.size());
  const Document version(bytes, where_);
  if (integer_of(version.root()) != kVersion) fail("its version is not 1001");
  bytes.remove_prefix(version.length());
  const Document machine(bytes, where_);
  check_machine(machine);
  bytes.remove_prefix(machine.length());
  document_ = std::make_unique<Document>(bytes, where_);
  bytes.remove_prefix(document_->length());
  const Document keys(bytes, where_);
  find_storages(keys, bytes.substr(keys.length()));
}

void TorchLegacy::fail(const std::string& what) const {
  throw Error(ErrorCode::data, "cannot read '" + where_ + "': " + what);
}

void TorchLegacy::check_machine(const Document& machine) const {
  const auto* facts = machine.find<Dict>(machine.root());
  if (facts == nullptr) fail("it does not say on which machine it was written");
  for (const auto& [key, value] : facts->items) {
    const bool* little = std::get_if<bool>(&value);
    if (text_of(key) == "little_endian" && little != nullptr && !*little) {
      fail("it was written by a big-endian machine");
    }
  }
}

void TorchLegacy::find_storages(const Document& keys, std::string_view rest) {
  std::map<std::string, uint64_t> declared;  // bytes
  for (const Node& node : document_->nodes()) {
    const auto* persistent = std::get_if<Persistent>(&node);
    if (persistent != nullptr && !is_class(*document_, *persistent)) {
      const StorageId id = storage_id(*document_, *persistent, where_);
      declared[id.key] = id.bytes();
    }
  }
  const auto* list = keys.find<Sequence>(keys.root());
  if (list == nullptr) fail("the list of its storages is missing");
  for (const Value& element : list->elements) {
    const std::string key(text_of(element));
    const auto found = declared.find(key);
    if (found == declared.end()) fail("storage '" + shown(key) + "' belongs to no tensor");
    uint64_t elements = 0;
    if (rest.size() < sizeof elements) fail("it ends before its storages do");
    std::memcpy(&elements, rest.data(), sizeof elements);
    rest.remove_prefix(sizeof elements);
    if (found->second > rest.size()) fail("it ends before its storages do");
    places_[key] = rest.substr(0, found->second);
    rest.remove_prefix(found->second);
  }
}

Tensor TorchLegacy::bytes(const StorageId& id) {
  const auto known = read_.find(id.key);
  if (known != read_.end()) return known->second;
  const auto place = places_.find(id.key);
  if (place == places_.end()) fail("storage '" + shown(id.key) + "' is missing");
  Tensor bytes = torch::empty({static_cast<int64_t>(place->second.size())}, torch::kUInt8);
  if (!place->second.empty()) {
    std::memcpy(bytes.data_ptr(), place->second.data(), place->second.size());
  }
  return read_.emplace(id.key, bytes).first->second;
}

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
