#include "problem.h"

#include <string>

#include "modhost/error.h"

namespace modhost::raven {
namespace {

constexpr const char* kRuleNames[] = {"Constant", "Progression", "Arithmetic", "Distribute_Three"};
const std::vector<std::string>& scheme_names() {
  static const std::vector<std::string> names = {"raven", "iraven", "fair"};
  return names;
}
const std::vector<std::string>& split_names() {
  static const std::vector<std::string> names = {"train", "val", "test"};
  return names;
}

size_t parse_name(const char* what, std::string_view name, const std::vector<std::string>& names) {
  for (size_t index = 0; index < names.size(); ++index) {
    if (names[index] == name) return index;
  }
  throw Error(
      ErrorCode::config,
      std::string(what) + " '" + std::string(name) + "' is unknown, needed one of " + join(names),
      did_you_mean(name, names));
}

}  // namespace

uint32_t Group::slot_mask() const {
  uint32_t mask = 0;
  for (int entity = 0; entity < count; ++entity) mask |= 1u << entities[entity].slot;
  return mask;
}

void ChangeList::add(Change change) {
  for (int item = 0; item < count; ++item) {
    if (items[item].component == change.component && items[item].attribute == change.attribute) {
      return;
    }
  }
  items[count++] = change;
}

const char* rule_name(RuleKind kind) { return kRuleNames[static_cast<int>(kind)]; }

const char* scheme_name(AnswerScheme scheme) {
  return scheme_names()[static_cast<size_t>(scheme)].c_str();
}

const char* split_name(Split split) { return split_names()[static_cast<size_t>(split)].c_str(); }

AnswerScheme parse_scheme(std::string_view name) {
  return static_cast<AnswerScheme>(parse_name("answer scheme", name, scheme_names()));
}

Split parse_split(std::string_view name) {
  return static_cast<Split>(parse_name("split", name, split_names()));
}

Split split_of_index(uint64_t k) {
  const uint64_t digit = k % 10;
  return digit < 6 ? Split::train : digit < 8 ? Split::val : Split::test;
}

}  // namespace modhost::raven
