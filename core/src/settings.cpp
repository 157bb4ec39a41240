#include "settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "modhost/error.h"

namespace modhost::core {
namespace {

const OptionValue* find(const Settings& settings, const std::string& section,
                        const std::string& key) {
  const auto table = settings.find(section);
  if (table == settings.end()) return nullptr;
  const auto value = table->second.find(key);
  return value == table->second.end() ? nullptr : &value->second;
}

std::string text_or_none(const OptionValue* value) {
  return value == nullptr ? "not set" : value_text(*value);
}

}  // namespace

const std::vector<std::string>& section_names() {
  static const std::vector<std::string> names = {"model", "dataset", "method",
                                                 "mask",  "train",   "run"};
  return names;
}

bool is_section(std::string_view name) {
  const auto& names = section_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

void merge(Settings& into, const Settings& stronger) {
  for (const auto& [section, table] : stronger) {
    for (const auto& [key, value] : table) into[section].insert_or_assign(key, value);
  }
}

void set_text(Settings& settings, const std::string& section, const std::string& key,
              const std::string& text, const std::string& origin) {
  OptionValue value;
  value.value = text;
  value.origin = origin;
  value.as_text = true;
  settings[section].insert_or_assign(key, std::move(value));
}

std::string component_name(const Settings& settings, const std::string& section) {
  const OptionValue* value = find(settings, section, kNameKey);
  if (value == nullptr) return "";
  const auto* name = std::get_if<std::string>(&value->value);
  if (name == nullptr || name->empty()) {
    throw Error(ErrorCode::config,
                fmt::format("{}: '{}.name' takes the name of a {}, not {}", value->origin, section,
                            section, value_text(*value)),
                "'modhost list' shows them");
  }
  return *name;
}

OptionTable options_of(const Settings& settings, const std::string& section) {
  const auto found = settings.find(section);
  if (found == settings.end()) return {};
  OptionTable table = found->second;
  if (section == "model" || section == "dataset" || section == "method") table.erase(kNameKey);
  return table;
}

std::vector<std::string> differences(const Settings& there, const Settings& here) {
  std::vector<std::string> lines;
  for (const std::string& section : section_names()) {
    std::set<std::string> keys;
    for (const Settings* side : {&there, &here}) {
      const auto table = side->find(section);
      if (table == side->end()) continue;
      for (const auto& [key, value] : table->second) keys.insert(key);
    }
    for (const std::string& key : keys) {
      const std::string old = text_or_none(find(there, section, key));
      const std::string now = text_or_none(find(here, section, key));
      if (old != now) {
        lines.push_back(fmt::format("{}.{} ({} there, {} here)", section, key, old, now));
      }
    }
  }
  return lines;
}

std::string value_text(const OptionValue& value) {
  if (const auto* flag = std::get_if<bool>(&value.value)) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<int64_t>(&value.value)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&value.value)) return fmt::format("{}", *number);
  if (const auto* text = std::get_if<std::string>(&value.value)) return "'" + *text + "'";
  if (std::holds_alternative<OptionValue::Table>(value.value)) return toml_text(value);
  std::vector<std::string> parts;
  for (const OptionValue& part : std::get<OptionValue::List>(value.value)) {
    parts.push_back(value_text(part));
  }
  return "[" + join(parts) + "]";
}

}  // namespace modhost::core
