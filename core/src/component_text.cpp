#include "component_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "modhost/error.h"
#include "text_table.h"

namespace modhost::core {
namespace {

std::string accepts_text(const Component& component) {
  if (component.kind != ComponentKind::model) return "";
  return static_cast<const ModelEntry&>(component).accepts.text();
}

// "channels of the convolutions (list of integers; at least 1) [Paper, table 1]"
std::string meaning(const OptionBase& option) {
  std::string text = option.help() + " (" + option.type_text();
  if (!option.allowed_text().empty()) text += "; " + option.allowed_text();
  text += ")";
  if (!option.reference().empty()) text += " [" + option.reference() + "]";
  return text;
}

std::string options_text(const Component& component) {
  const std::unique_ptr<Options> options = component.make_options();
  if (options->all().empty()) return "  no options\n";
  TextTable table({"option", "default", "meaning"});
  for (const OptionBase* option : options->all()) {
    table.add({"--" + to_string(component.kind) + "." + option->name(), option->default_text(),
               meaning(*option)});
  }
  return table.text("  ");
}

}  // namespace

std::string component_text(const Component& component) {
  std::string text =
      fmt::format("{} '{}': {}\n", to_string(component.kind), component.name, component.summary);
  if (!component.reference.empty()) text += fmt::format("  paper     {}\n", component.reference);
  const std::string accepts = accepts_text(component);
  if (!accepts.empty()) text += fmt::format("  accepts   {}\n", accepts);
  std::vector<std::string> suggestions;
  for (const auto& [key, value] : component.suggestions) suggestions.push_back(key + " = " + value);
  if (!suggestions.empty()) text += fmt::format("  suggests  {}\n", join(suggestions));
  return text + options_text(component);
}

nlohmann::ordered_json component_json(const Component& component) {
  using Json = nlohmann::ordered_json;
  Json json = {{"kind", to_string(component.kind)}, {"name", component.name},
               {"summary", component.summary},      {"reference", component.reference},
               {"suggestions", Json::object()},     {"options", Json::array()}};
  const std::string accepts = accepts_text(component);
  if (!accepts.empty()) json["accepts"] = accepts;
  for (const auto& [key, value] : component.suggestions) json["suggestions"][key] = value;
  const std::unique_ptr<Options> options = component.make_options();
  for (const OptionBase* option : options->all()) {
    json["options"].push_back({{"name", option->name()},
                               {"type", option->type_text()},
                               {"default", option->default_text()},
                               {"allowed", option->allowed_text()},
                               {"help", option->help()},
                               {"reference", option->reference()}});
  }
  return json;
}

}  // namespace modhost::core
