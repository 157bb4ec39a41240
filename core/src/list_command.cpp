#include "list_command.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "exit_code.h"
#include "json_line.h"
#include "modhost/mask_family.h"
#include "text_table.h"

namespace modhost::core {
namespace {

using Json = nlohmann::ordered_json;

std::string version_of(const Candidate& candidate) {
  return candidate.manifest ? candidate.manifest->version : "?";
}

// Name -> the ready plugins that provide it.
std::multimap<std::string, const Candidate*> providers(const Catalog& catalog, ComponentKind kind) {
  std::multimap<std::string, const Candidate*> out;
  for (const Candidate& candidate : catalog.candidates()) {
    if (!candidate.is_ready()) continue;
    const auto found = candidate.manifest->provides.find(kind);
    if (found == candidate.manifest->provides.end()) continue;
    for (const std::string& name : found->second) out.emplace(name, &candidate);
  }
  return out;
}

Json built_in_json() {
  Registry registry("modhost");
  register_builtin_layers(registry);
  register_builtin_masks(registry);
  Json json = Json::object();
  for (const Component* component : registry.components()) {
    json[plural(component->kind)][component->name] = component->summary;
  }
  return json;
}

// The mask families that come with the SDK. Its layers are too many, and named in its manual.
void add_built_in_masks(TextTable& table) {
  Registry registry("modhost");
  register_builtin_masks(registry);
  for (const Component* mask : registry.components()) {
    table.add({mask->name, "(built in)", mask->summary});
  }
}

void write_components(const Catalog& catalog, std::ostream& out) {
  bool any = false;
  for (const ComponentKind kind : component_kinds()) {
    const auto found = providers(catalog, kind);
    const bool masks = kind == ComponentKind::mask && any;  // of no use without any plugin
    if (found.empty() && !masks) continue;
    TextTable table({plural(kind), "plugin", "description"});
    if (masks) add_built_in_masks(table);
    for (const auto& [name, candidate] : found) {
      // A name that two plugins provide works only in full.
      const std::string shown = found.count(name) == 1 ? name : candidate->id() + "/" + name;
      table.add({shown, candidate->id() + " " + version_of(*candidate),
                 candidate->manifest->summary_of(name)});
    }
    out << (any ? "\n" : "") << table.text();
    any = true;
  }
  if (any) {
    out << "\n`modhost info NAME` shows the options of a component.\n";
  } else {
    out << "no usable plugin was found in " << join(catalog.searched()) << "\n";
  }
}

bool is_usable_or_hidden(const Candidate& candidate) {
  return candidate.is_ready() || candidate.state == PluginState::shadowed ||
         candidate.state == PluginState::disabled;
}

void write_unusable(const Catalog& catalog, std::ostream& out) {
  TextTable table({"cannot be used", "version", "why"});
  for (const Candidate& candidate : catalog.candidates()) {
    if (is_usable_or_hidden(candidate)) continue;
    table.add({candidate.id(), version_of(candidate), candidate.reason});
  }
  if (!table.empty()) out << "\n" << table.text();
}

void write_plugins(const Catalog& catalog, std::ostream& out) {
  TextTable table({"plugin", "version", "kind", "state", "provides"});
  TextTable places({"plugin", "found by", "folder"});
  TextTable reasons({"plugin", "why it is not used"});
  for (const Candidate& candidate : catalog.candidates()) {
    const bool known = candidate.manifest.has_value();
    table.add({candidate.id(), version_of(candidate),
               known ? candidate.manifest->kinds_text() : "?", to_string(candidate.state),
               known ? candidate.manifest->provides_text() : "?"});
    places.add({candidate.id(), candidate.origin, candidate.folder.string()});
    if (!candidate.is_ready()) reasons.add({candidate.id(), candidate.reason});
  }
  out << "\n" << table.text();
  out << "\n" << places.text();
  if (!reasons.empty()) out << "\n" << reasons.text();
}

Json to_json(const Candidate& candidate) {
  Json json = {{"id", candidate.id()},
               {"state", to_string(candidate.state)},
               {"folder", candidate.folder.string()},
               {"found_by", candidate.origin}};
  if (!candidate.reason.empty()) json["why"] = candidate.reason;
  if (!candidate.manifest) return json;
  json["version"] = candidate.manifest->version;
  json["description"] = candidate.manifest->description;
  if (!candidate.manifest->summaries.empty()) json["summary"] = candidate.manifest->summaries;
  json["provides"] = Json::object();
  for (const auto& [kind, names] : candidate.manifest->provides) {
    json["provides"][plural(kind)] = names;
  }
  return json;
}

Json to_json(const Catalog& catalog, bool all) {
  Json json = {{"abi_tag", host_build_info().abi_tag()}, {"plugins", Json::array()}};
  json["built_in"] = built_in_json();
  for (const Candidate& candidate : catalog.candidates()) {
    const bool hidden = is_usable_or_hidden(candidate) && !candidate.is_ready();
    if (all || !hidden) json["plugins"].push_back(to_json(candidate));
  }
  return json;
}

}  // namespace

int list_command(const Catalog& catalog, const ListOptions& options, std::ostream& out) {
  if (options.json) {
    out << json_line(to_json(catalog, options.all));
    return kExitDone;
  }
  write_components(catalog, out);
  if (options.all) {
    write_plugins(catalog, out);
  } else {
    write_unusable(catalog, out);
  }
  return kExitDone;
}

}  // namespace modhost::core
