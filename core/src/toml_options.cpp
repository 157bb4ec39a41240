#include "toml_options.h"

#include <fmt/format.h>

#include <utility>

#include "modhost/error.h"

namespace modhost::core {
namespace {

OptionValue convert(const toml::node& node, const std::string& key, const std::string& name) {
  OptionValue out;
  const toml::source_position at = node.source().begin;
  out.origin = fmt::format("{}:{}:{}", name, at.line, at.column);
  if (const auto* flag = node.as_boolean()) {
    out.value = flag->get();
  } else if (const auto* whole = node.as_integer()) {
    out.value = whole->get();
  } else if (const auto* number = node.as_floating_point()) {
    out.value = number->get();
  } else if (const auto* text = node.as_string()) {
    out.value = text->get();
  } else if (const auto* array = node.as_array()) {
    OptionValue::List list;
    for (const toml::node& element : *array) list.push_back(convert(element, key, name));
    out.value = std::move(list);
  } else if (const auto* table = node.as_table()) {
    out.value = option_table(*table, key, name);
  } else {
    throw Error(ErrorCode::config,
                fmt::format("{}: '{}' is a date or time; an option takes a number, a text, true or "
                            "false, a table, or a list of them",
                            out.origin, key));
  }
  return out;
}

}  // namespace

OptionTable option_table(const toml::table& table, const std::string& section,
                         const std::string& name) {
  OptionTable out;
  for (const auto& [key, value] : table) {
    const std::string option(key.str());
    out.emplace(option, convert(value, section + "." + option, name));
  }
  return out;
}

}  // namespace modhost::core
