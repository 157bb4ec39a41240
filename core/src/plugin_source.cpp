#include "plugin_source.h"

#include <algorithm>

#include "modhost/mask_family.h"

namespace modhost::core {

PluginSource::PluginSource(Catalog catalog)
    : catalog_(std::move(catalog)), registry_("modhost"), loader_(registry_) {
  register_builtin_layers(registry_);
  register_builtin_masks(registry_);
}

const Component& PluginSource::get(ComponentKind kind, const std::string& name) {
  // What comes with the SDK; and what is loaded already needs no search.
  if (const Component* there = registry_.find(kind, name)) return *there;
  const Catalog::Provider provider = catalog_.provider(kind, name, built_in_names(kind));
  for (const Component* component : loader_.load(*provider.candidate).components) {
    if (component->kind == kind && component->name == provider.component) return *component;
  }
  throw Error(ErrorCode::internal, "the loader accepted a plugin without '" + name + "'");
}

std::vector<std::string> PluginSource::built_in_names(ComponentKind kind) const {
  std::vector<std::string> out;
  for (const Component* component : registry_.components()) {
    if (component->kind == kind && component->owner == "modhost") out.push_back(component->name);
  }
  return out;
}

const Component* PluginSource::built_in(const std::string& name) const {
  for (const Component* component : registry_.components()) {
    if (component->name == name && component->owner == "modhost") return component;
  }
  return nullptr;
}

std::vector<std::string> PluginSource::all_built_in() const {
  std::vector<std::string> out;
  for (const Component* component : registry_.components()) {
    if (component->owner == "modhost") out.push_back(component->name);
  }
  return out;
}

std::vector<std::string> PluginSource::names(ComponentKind kind) const {
  std::vector<std::string> out = catalog_.names(kind);
  for (const Component* component : registry_.components()) {
    if (component->kind == kind) out.push_back(component->name);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::string> PluginSource::fitting(ComponentKind kind, const Accepts& wanted) const {
  return catalog_.fitting(kind, wanted);
}

std::vector<ComponentSource::Used> PluginSource::used() const {
  std::vector<Used> out;
  for (const Loader::Plugin* plugin : loader_.plugins()) {
    const Manifest& manifest = *plugin->candidate.manifest;
    out.push_back({manifest.id, manifest.version, plugin->candidate.library.string()});
  }
  return out;
}

}  // namespace modhost::core
