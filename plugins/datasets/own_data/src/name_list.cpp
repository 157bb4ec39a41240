#include "name_list.h"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace modhost_own_data {
namespace {

std::optional<int64_t> whole_number(const std::string& text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

// Places of the names in their sorted order.
std::vector<size_t> sorted_order(const std::vector<std::string>& names) {
  std::vector<int64_t> number;
  for (const std::string& name : names) {
    const auto value = whole_number(name);
    if (!value) break;
    number.push_back(*value);
  }
  std::vector<size_t> order(names.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (number.size() == names.size() && number[a] != number[b]) return number[a] < number[b];
    return names[a] < names[b];
  });
  return order;
}

}  // namespace

int32_t NameList::code(const std::string& name) {
  const auto [at, is_new] = codes_.emplace(name, static_cast<int32_t>(names_.size()));
  if (is_new) names_.push_back(name);
  return at->second;
}

std::vector<std::string> NameList::sort(std::vector<int32_t>& codes) const {
  std::vector<std::string> sorted;
  std::vector<int32_t> place(names_.size());
  for (const size_t from : sorted_order(names_)) {
    place[from] = static_cast<int32_t>(sorted.size());
    sorted.push_back(names_[from]);
  }
  for (int32_t& code : codes) code = place[static_cast<size_t>(code)];
  return sorted;
}

std::optional<Part> part_named(const std::string& text) {
  if (text == "0" || text == "train" || text == "training") return Part::train;
  if (text == "1" || text == "validation" || text == "val" || text == "valid") {
    return Part::validation;
  }
  if (text == "2" || text == "test") return Part::test;
  return std::nullopt;
}

}  // namespace modhost_own_data
