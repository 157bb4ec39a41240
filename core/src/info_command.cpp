#include "info_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "component_text.h"
#include "exit_code.h"
#include "json_line.h"
#include "named_plugin.h"
#include "text_table.h"

namespace modhost::core {
namespace {

using Json = nlohmann::ordered_json;

// Loads the plugin when it can be; a failure becomes its state.
std::vector<const Component*> load(PluginSource& source, NamedPlugin& subject) {
  std::vector<const Component*> out;
  if (!subject.candidate.is_ready()) return out;
  try {
    for (const Component* component : source.loader().load(subject.candidate).components) {
      if (subject.component.empty() || component->name == subject.component) {
        out.push_back(component);
      }
    }
  } catch (const Error& error) {
    subject.candidate.state = PluginState::broken;
    subject.candidate.reason = error.what();
    subject.candidate.hint = error.hint();
  }
  return out;
}

std::string verdict(const BuildInfo& plugin, const std::vector<BuildDifference>& differences,
                    const std::string& key) {
  if (key == "isa") {
    const auto missing = missing_instructions(plugin, processor_instructions());
    return missing.empty() ? "" : "this processor lacks " + join(missing);
  }
  for (const BuildDifference& one : differences) {
    if (one.field != key) continue;
    if (one.severity == Severity::exact) return "must be equal";
    return one.severity == Severity::warn ? "differs; may not work" : "differs";
  }
  return "";
}

std::string build_text(const Candidate& candidate) {
  if (!candidate.build) return "";
  const BuildInfo& host = host_build_info();
  TextTable table({"build", "plugin", "this host", ""});
  for (const auto& [key, value] : candidate.build->fields()) {
    table.add({field_words(key), value, host.get(key),
               verdict(*candidate.build, candidate.differences, key)});
  }
  return "\n" + table.text();
}

std::string manifest_text(const Candidate& candidate) {
  if (!candidate.manifest) return candidate.id() + "\n";
  const Manifest& manifest = *candidate.manifest;
  std::string text = fmt::format("{} {}: {}\n  {}\n", manifest.id, manifest.version, manifest.name,
                                 manifest.description);
  const std::pair<const char*, std::string> lines[] = {
      {"provides", manifest.provides_text()},
      {"paper", manifest.paper},
      {"authors", join(manifest.authors)},
      {"license", manifest.license},
      {"url", manifest.url},
      {"support", manifest.support},
      {"source", manifest.repository + (manifest.ref.empty() ? "" : " " + manifest.ref)},
      {"needs", join(manifest.needs)},
  };
  for (const auto& [key, value] : lines) {
    if (!value.empty()) text += fmt::format("  {:<9} {}\n", key, value);
  }
  return text;
}

std::string state_text(const Candidate& candidate) {
  std::string text =
      fmt::format("  {:<9} {} ({})\n  {:<9} {}\n", "folder", candidate.folder.string(),
                  candidate.origin, "state", to_string(candidate.state));
  if (candidate.is_ready()) return text;
  text += fmt::format("  {:<9} {}\n", "why", candidate.reason);
  if (!candidate.hint.empty()) text += fmt::format("  {:<9} {}\n", "fix", candidate.hint);
  return text;
}

Json manifest_json(const Manifest& manifest) {
  Json json = {{"version", manifest.version},
               {"name", manifest.name},
               {"description", manifest.description},
               {"license", manifest.license},
               {"authors", manifest.authors},
               {"url", manifest.url},
               {"support", manifest.support},
               {"paper", manifest.paper},
               {"repository", manifest.repository},
               {"ref", manifest.ref},
               {"sdk", manifest.sdk},
               {"needs", manifest.needs},
               {"provides", Json::object()}};
  for (const auto& [kind, names] : manifest.provides) json["provides"][plural(kind)] = names;
  return json;
}

Json info_json(const Candidate& candidate, const std::vector<const Component*>& components) {
  Json json = {{"id", candidate.id()},
               {"folder", candidate.folder.string()},
               {"state", to_string(candidate.state)}};
  if (!candidate.is_ready()) json["why"] = candidate.reason;
  if (candidate.manifest) json["manifest"] = manifest_json(*candidate.manifest);
  if (candidate.build) {
    for (const auto& [key, value] : candidate.build->fields()) json["build"][key] = value;
  }
  for (const auto& [key, value] : host_build_info().fields()) json["host"][key] = value;
  json["components"] = Json::array();
  for (const Component* component : components) {
    json["components"].push_back(component_json(*component));
  }
  return json;
}

// What comes with the SDK: there is no plugin to tell about.
bool show_built_in(PluginSource& source, const std::string& what, bool json, std::ostream& out) {
  if (provides(source.catalog(), what)) return false;
  const Component* built_in = source.built_in(what);
  if (built_in == nullptr) return false;
  out << (json ? json_line(component_json(*built_in)) : component_text(*built_in));
  return true;
}

}  // namespace

int info_command(PluginSource& source, const std::string& what, bool json, std::ostream& out) {
  if (show_built_in(source, what, json, out)) return kExitDone;
  NamedPlugin subject = find_named_plugin(source.catalog(), what, source.all_built_in());
  const std::vector<const Component*> components = load(source, subject);
  const Candidate& candidate = subject.candidate;
  if (json) {
    out << json_line(info_json(candidate, components));
  } else {
    out << manifest_text(candidate) << state_text(candidate);
    for (const Component* component : components) out << "\n" << component_text(*component);
    out << build_text(candidate);
  }
  return candidate.is_ready() ? kExitDone : kExitFailed;
}

}  // namespace modhost::core
