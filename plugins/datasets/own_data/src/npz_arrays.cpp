#include "npz_arrays.h"

#include <modhost/error.h>

#include <algorithm>

#include "shown_list.h"

namespace modhost_own_data {
namespace {

using modhost::check;
using modhost::Error;
using modhost::ErrorCode;
using modhost::NpyArray;
using modhost::NpzArrays;

struct SplitWords {
  Part part;
  std::vector<std::string> words;
};
const std::vector<SplitWords>& split_words() {
  static const std::vector<SplitWords> all{{Part::train, {"train"}},
                                           {Part::validation, {"validation", "val", "valid"}},
                                           {Part::test, {"test"}}};
  return all;
}

// "x_train" or "train_x", whichever is there; "" when neither is.
std::string name_in_split(const NpzArrays& headers, const std::string& name,
                          const SplitWords& split) {
  for (const std::string& word : split.words) {
    for (const std::string& full : {name + "_" + word, word + "_" + name}) {
      if (headers.count(full) > 0) return full;
    }
  }
  return "";
}

[[noreturn]] void fail_missing(const NpzArrays& headers, const std::string& option,
                               const std::string& name, const std::string& file) {
  Names names;
  for (const auto& [known, header] : headers) names.push_back(known);
  const std::string nearest = modhost::did_you_mean(name, names);
  throw Error(ErrorCode::data,
              "there is no array '" + name + "' in '" + file + "', which has " +
                  (names.empty() ? "none" : shown_list(names)),
              nearest.empty() ? "name it by --dataset." + option + " NAME" : nearest);
}

// The array of an option in one part: `required` ones must be there.
std::string pick(const NpzArrays& headers, const modhost::Option<std::string>& option,
                 const SplitWords* split, bool required, const std::string& file) {
  const std::string name = split == nullptr ? option() : name_in_split(headers, option(), *split);
  if (!name.empty() && headers.count(name) > 0) return name;
  if (required || option.is_set()) {
    const std::string missing = split == nullptr ? option() : option() + "_" + split->words.front();
    fail_missing(headers, option.name(), missing, file);
  }
  return "";
}

void check_rows(const NpzArrays& headers, const std::string& name, const NpzPart& part,
                const std::string& file) {
  if (name.empty()) return;
  const auto& shape = headers.at(name).shape;
  check(!shape.empty() && shape.front() == part.rows, ErrorCode::data,
        "'" + file + "': array '" + name + "' has the shape " + size_text(shape) + ", but '" +
            part.x + "' has " + std::to_string(part.rows) + " samples");
}

NpzPart part_of(const NpzArrays& headers, const NpzOptions& options, const SplitWords* split,
                const std::string& file) {
  NpzPart out;
  out.is_whole = split == nullptr;
  if (split != nullptr) out.part = split->part;
  out.x = pick(headers, options.x, split, true, file);
  out.y = pick(headers, options.y, split, true, file);
  out.task = pick(headers, options.task, split, false, file);
  if (split == nullptr) out.split = pick(headers, options.split, split, false, file);
  const auto& shape = headers.at(out.x).shape;
  check(!shape.empty(), ErrorCode::data,
        "'" + file + "': array '" + out.x + "' is a single number, needed one row a sample");
  out.rows = shape.front();
  for (const std::string& name : {out.y, out.task, out.split}) check_rows(headers, name, out, file);
  return out;
}

void check_alike(const NpzArrays& headers, const std::string& one, const std::string& other,
                 const std::string& file) {
  const NpyArray &a = headers.at(one), &b = headers.at(other);
  const bool same_row =
      std::equal(a.shape.begin() + 1, a.shape.end(), b.shape.begin() + 1, b.shape.end());
  check(same_row && a.descr == b.descr, ErrorCode::data,
        "'" + file + "': array '" + one + "' is '" + a.descr + "' " + size_text(a.shape) +
            ", but '" + other + "' is '" + b.descr + "' " + size_text(b.shape));
}

template <typename T>
std::vector<std::string> decimals(const NpyArray& array) {
  std::vector<std::string> out;
  for (const T value : array.values<T>()) out.push_back(std::to_string(value));
  return out;
}

}  // namespace

std::string size_text(const std::vector<int64_t>& shape) {
  std::vector<std::string> parts;
  for (const int64_t size : shape) parts.push_back(std::to_string(size));
  return "[" + modhost::join(parts) + "]";
}

std::vector<NpzPart> find_parts(const NpzArrays& headers, const NpzOptions& options,
                                const std::filesystem::path& path) {
  const std::string file = path.string();
  std::vector<NpzPart> out;
  if (headers.count(options.x()) > 0) out.push_back(part_of(headers, options, nullptr, file));
  for (const SplitWords& split : split_words()) {
    if (name_in_split(headers, options.x(), split).empty()) continue;
    out.push_back(part_of(headers, options, &split, file));
  }
  if (out.empty()) fail_missing(headers, "x", options.x(), file);
  for (const NpzPart& part : out) {
    check_alike(headers, out.front().x, part.x, file);
    check(part.task.empty() == out.front().task.empty(), ErrorCode::data,
          "'" + file + "': only some splits have an array '" + options.task() + "'");
  }
  return out;
}

bool is_whole_number_type(const std::string& descr) {
  return descr.size() > 1 && (descr[1] == 'i' || descr[1] == 'u' || descr[1] == 'b');
}
bool is_text_type(const std::string& descr) {
  return descr.size() > 1 && (descr[1] == 'S' || descr[1] == 'U');
}

std::vector<std::string> texts_of(const NpyArray& array, const std::string& where) {
  if (is_text_type(array.descr)) return array.strings();
  if (array.descr == "|u1" || array.descr == "|b1") return decimals<uint8_t>(array);
  if (array.descr == "|i1") return decimals<int8_t>(array);
  if (array.descr == "<i2") return decimals<int16_t>(array);
  if (array.descr == "<u2") return decimals<uint16_t>(array);
  if (array.descr == "<i4") return decimals<int32_t>(array);
  if (array.descr == "<u4") return decimals<uint32_t>(array);
  if (array.descr == "<i8") return decimals<int64_t>(array);
  if (array.descr == "<u8") return decimals<uint64_t>(array);
  throw Error(ErrorCode::data,
              where + " is of type '" + array.descr + "', needed whole numbers or texts");
}

}  // namespace modhost_own_data
