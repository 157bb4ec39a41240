#include "results_file.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace modhost::core {
namespace {

using Json = nlohmann::ordered_json;
constexpr auto kReplace = Json::error_handler_t::replace;

template <typename Values>
Json to_object(const Values& values) {
  Json object = Json::object();
  for (const auto& [name, value] : values) object[name] = value;
  return object;
}

}  // namespace

std::string to_json(const Results& results) {
  Json root;
  root["status"] = results.status;
  root["command"] = results.command;
  root["fingerprint"] = results.fingerprint;
  root["config_hash"] = results.config_hash;
  root["model"] = results.model;
  root["dataset"] = results.dataset;
  root["method"] = results.method;
  if (!results.notes.empty()) root["notes"] = results.notes;
  root["scalars"] = to_object(results.scalars);
  if (!results.headlines.empty()) root["headlines"] = results.headlines;
  root["tables"] = to_object(results.tables);
  return root.dump(2, ' ', false, kReplace) + "\n";
}

std::string results_event(const std::string& results_json, const std::string& folder) {
  Json event = {{"event", "results"}, {"folder", folder}};
  const Json results = Json::parse(results_json, nullptr, false);
  if (results.is_object()) event.update(results);
  return event.dump(-1, ' ', false, kReplace);
}

Results parse_results(const std::string& text) {
  const Json root = Json::parse(text, nullptr, false);
  Results out;
  if (!root.is_object()) return out;
  const Json none = Json::object();
  const Json scalars = root.value("scalars", none), headlines = root.value("headlines", none),
             tables = root.value("tables", none);
  const std::pair<const char*, std::string*> texts[] = {{"status", &out.status},
                                                        {"model", &out.model},
                                                        {"dataset", &out.dataset},
                                                        {"method", &out.method}};
  for (const auto& [key, text] : texts) {
    const Json value = root.value(key, none);
    if (value.is_string()) *text = value.get<std::string>();
  }
  for (const auto& [name, value] : scalars.items()) {
    if (scalars.is_object() && value.is_number()) out.scalars[name] = value.get<double>();
  }
  for (const Json& name : headlines) {
    if (name.is_string()) out.headlines.push_back(name.get<std::string>());
  }
  for (const auto& [name, file] : tables.items()) {
    if (tables.is_object() && file.is_string()) out.tables[name] = file.get<std::string>();
  }
  return out;
}

std::string status_of_results(const std::string& text) { return parse_results(text).status; }

}  // namespace modhost::core
