#include "catalog.h"

#include <algorithm>
#include <set>

#include "accepts_text.h"
#include "discovery.h"
#include "modhost/error.h"

namespace modhost::core {
namespace {

struct FullName {
  std::string plugin;  // "" for a short name
  std::string component;
};

FullName split(const std::string& name) {
  const size_t slash = name.rfind('/');
  if (slash == std::string::npos) return {"", name};
  return {name.substr(0, slash), name.substr(slash + 1)};
}

bool provides(const Candidate& candidate, ComponentKind kind, const FullName& name) {
  return candidate.manifest && (name.plugin.empty() || candidate.id() == name.plugin) &&
         candidate.manifest->provides_component(kind, name.component);
}

bool is_unusable(const Candidate& candidate) {
  return candidate.state == PluginState::incompatible || candidate.state == PluginState::broken;
}

}  // namespace

Catalog::Catalog(std::vector<Candidate> candidates, std::vector<std::filesystem::path> searched)
    : candidates_(std::move(candidates)), searched_(std::move(searched)) {}

Catalog::Provider Catalog::provider(ComponentKind kind, const std::string& name,
                                    const std::vector<std::string>& built_in) const {
  const FullName wanted = split(name);
  std::vector<const Candidate*> ready;
  const Candidate* unusable = nullptr;
  const Candidate* disabled = nullptr;
  for (const Candidate& candidate : candidates_) {
    if (!provides(candidate, kind, wanted)) continue;
    if (candidate.is_ready()) ready.push_back(&candidate);
    if (is_unusable(candidate) && unusable == nullptr) unusable = &candidate;
    if (candidate.state == PluginState::disabled) disabled = &candidate;
  }
  if (ready.size() == 1) return {ready.front(), wanted.component};
  const std::string what = to_string(kind) + " '" + name + "'";
  if (ready.size() > 1) {
    std::vector<std::string> full;
    for (const Candidate* one : ready) full.push_back("'" + one->id() + "/" + name + "'");
    throw Error(ErrorCode::config, what + " is provided by " + join(full, " and "),
                "write one of these full names, or disable a plugin");
  }
  if (unusable != nullptr) throw unusable_error(*unusable);
  if (disabled != nullptr) {
    throw Error(ErrorCode::plugin, what + " is in a plugin that is " + disabled->reason,
                disabled->hint);
  }
  std::vector<std::string> known = names(kind);
  known.insert(known.end(), built_in.begin(), built_in.end());
  std::sort(known.begin(), known.end());
  const std::string near = did_you_mean(wanted.component, known);
  const std::string place = searched_.empty() ? "" : " in " + join(searched());
  throw Error(ErrorCode::config,
              "unknown " + what + "; there is " +
                  (known.empty() ? "no " + to_string(kind) : join(known)) + place,
              near.empty() ? "see `modhost list --all`" : near);
}

std::vector<std::string> Catalog::searched() const {
  std::vector<std::string> out;
  for (const auto& folder : searched_) out.push_back("'" + folder.string() + "'");
  return out;
}

const Candidate* Catalog::find(const std::string& id) const {
  for (const Candidate& candidate : candidates_) {
    if (candidate.is_ready() && candidate.id() == id) return &candidate;
  }
  return nullptr;
}

std::vector<std::string> Catalog::names(ComponentKind kind) const {
  std::set<std::string> out;
  for (const Candidate& candidate : candidates_) {
    if (!candidate.is_ready()) continue;
    const auto found = candidate.manifest->provides.find(kind);
    if (found != candidate.manifest->provides.end()) {
      out.insert(found->second.begin(), found->second.end());
    }
  }
  return {out.begin(), out.end()};
}

std::vector<std::string> Catalog::fitting(ComponentKind kind, const Accepts& wanted) const {
  std::set<std::string> out;
  for (const Candidate& candidate : candidates_) {
    if (!candidate.is_ready()) continue;
    for (const auto& [name, accepts] : candidate.manifest->fits) {
      const bool is_kind = candidate.manifest->provides_component(kind, name);
      if (is_kind && overlap(accepts, wanted)) out.insert(name);
    }
  }
  return {out.begin(), out.end()};
}

std::vector<std::string> Catalog::ids() const {
  std::set<std::string> out;
  for (const Candidate& candidate : candidates_) {
    if (candidate.is_ready()) out.insert(candidate.id());
  }
  return {out.begin(), out.end()};
}

Catalog open_catalog(const std::vector<std::filesystem::path>& plugin_paths) {
  const std::vector<SearchFolder> folders = search_folders(plugin_paths, this_environment());
  std::vector<std::filesystem::path> searched;
  for (const SearchFolder& folder : folders) searched.push_back(folder.path);
  return Catalog(discover(folders), std::move(searched));
}

}  // namespace modhost::core
