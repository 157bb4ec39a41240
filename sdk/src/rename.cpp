#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 with AddressSanitizer takes a part of <regex> for uninitialized.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <regex>
#include <set>

#include "modhost/error.h"
#include "modhost/shown_text.h"
#include "modhost/weights.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr const char* kForm = "a rule is written s/REGEX/NEW/ or s/REGEX/NEW/g";

[[noreturn]] void refuse(const std::string& rule, const std::string& why,
                         const std::string& hint = kForm) {
  throw Error(ErrorCode::config, "option 'model.rename': '" + rule + "' " + why, hint);
}

// "s/a/b/" in its parts.
struct Rule {
  std::string text, pattern, replacement;
  bool everywhere = false;
};

// The text up to the next bare delimiter, which becomes plain where it is escaped; false when there
// is none.
bool take_part(const std::string& text, size_t& at, std::string& part) {
  const char delimiter = text[1];
  for (; at < text.size(); ++at) {
    if (text[at] == delimiter) return ++at, true;
    if (text[at] == '\\' && at + 1 < text.size()) {
      if (text[at + 1] != delimiter) part += '\\';
      ++at;
    }
    part += text[at];
  }
  return false;
}

bool is_complete(const std::string& text) {
  size_t at = 2;
  std::string ignored;
  return text.size() < 2 || text[0] != 's' ||
         (take_part(text, at, ignored) && take_part(text, at, ignored));
}

Rule parse_rule(const std::string& text) {
  if (text.size() < 2 || text[0] != 's') refuse(text, "is no rule");
  Rule rule;
  rule.text = text;
  size_t at = 2;
  const bool whole = take_part(text, at, rule.pattern) && take_part(text, at, rule.replacement);
  if (!whole) refuse(text, std::string("lacks a '") + text[1] + "'");
  const std::string flags = text.substr(at);
  if (!flags.empty() && flags != "g") refuse(text, "ends in '" + flags + "'");
  rule.everywhere = !flags.empty();
  return rule;
}

// A list on the command line is cut at each comma; a rule may hold one ("{1,2}").
std::vector<std::string> whole_rules(const std::vector<std::string>& parts) {
  std::vector<std::string> rules;
  for (const std::string& part : parts) {
    if (!rules.empty() && !is_complete(rules.back())) {
      rules.back() += "," + part;
    } else {
      rules.push_back(part);
    }
  }
  return rules;
}

void apply_rule(const Rule& rule, NamedTensors& tensors) {
  namespace constants = std::regex_constants;
  auto flags = constants::format_sed;
  if (!rule.everywhere) flags |= constants::format_first_only;
  bool changed = false;
  try {
    const std::regex pattern(rule.pattern);
    for (auto& [name, tensor] : tensors) {
      std::string after = std::regex_replace(name, pattern, rule.replacement, flags);
      changed = changed || after != name;
      name = std::move(after);
    }
  } catch (const std::regex_error& error) {
    refuse(rule.text, std::string("holds a wrong regular expression: ") + error.what());
  }
  const std::string first = tensors.empty() ? "" : shown(tensors.front().first);
  if (!changed) refuse(rule.text, "changes no name", "the first name is '" + first + "'");
}

}  // namespace

NamedTensors renamed(const NamedTensors& tensors, const std::vector<std::string>& rules) {
  NamedTensors out = tensors;
  for (const std::string& rule : whole_rules(rules)) apply_rule(parse_rule(rule), out);
  if (rules.empty()) return out;
  std::set<std::string> names;
  for (const auto& [name, tensor] : out) {
    check(names.insert(name).second, ErrorCode::config,
          "option 'model.rename' gives two tensors the name '" + shown(name) + "'");
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
