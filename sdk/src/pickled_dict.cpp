#include "modhost/pickled_dict.h"

#include <optional>
#include <utility>

#include "modhost/error.h"
#include "pickle.h"
#include "pickled_arrays.h"
#include "pickled_calls.h"

namespace modhost {
inline namespace v1 {
namespace {

using namespace pickle;

constexpr size_t kMostGrowth = 16;  // a byte that stands for a number becomes eight

PickledEntry entry_of(const Document& document, const Value& value, const std::string& where) {
  if (const auto number = integer_of(value)) return *number;
  if (auto numbers = integers_of(document, value)) return *std::move(numbers);
  if (auto text = bytes_of(document, value)) return *std::move(text);
  const auto call = call_of(document, value);
  const bool is_array =
      call && (call->function == Function::array || call->function == Function::array_of_buffer);
  if (!is_array) return PickledOther{};
  auto array = array_of(document, *call, where);
  if (auto* found = std::get_if<NpyArray>(&array)) return std::move(*found);
  return PickledOther{};
}

// What an entry takes, nearly.
size_t size_of(const PickledEntry& entry) {
  if (const auto* text = std::get_if<std::string>(&entry)) return text->size();
  if (const auto* numbers = std::get_if<std::vector<int64_t>>(&entry)) {
    return numbers->size() * sizeof(int64_t);
  }
  const auto* array = std::get_if<NpyArray>(&entry);
  return array == nullptr ? 0 : array->bytes.size();
}

}  // namespace

std::map<std::string, PickledEntry> read_pickled_dict(std::string_view bytes,
                                                      const std::string& where) {
  const Document document(bytes, where);
  const auto* dict = document.find<Dict>(document.root());
  check(dict != nullptr, ErrorCode::data, "cannot read '" + where + "': it is no pickled dict");
  std::map<std::string, PickledEntry> out;
  size_t left = kMostGrowth * bytes.size();  // several keys may mean one and the same array
  for (const auto& [key, value] : dict->items) {
    auto name = bytes_of(document, key);
    if (!name) continue;
    PickledEntry entry = entry_of(document, value, where);
    const size_t taken = name->size() + size_of(entry);
    check(taken <= left, ErrorCode::data,
          "cannot read '" + where + "': its entries repeat each other without end");
    left -= taken;
    out.insert_or_assign(*std::move(name), std::move(entry));
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
