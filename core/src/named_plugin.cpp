#include "named_plugin.h"

#include <algorithm>

namespace modhost::core {
namespace {

bool is_path(const std::string& what) {
  std::error_code failure;
  const bool like_one = what.find(".so") != std::string::npos || what.front() == '.' ||
                        what.front() == '/' || what.find(kManifestFile) != std::string::npos;
  return like_one || std::filesystem::exists(std::filesystem::path(what) / kManifestFile, failure);
}

// The first plugin of that id, be it usable or not.
const Candidate* find_id(const Catalog& catalog, const std::string& id) {
  for (const Candidate& candidate : catalog.candidates()) {
    if (candidate.id() == id) return &candidate;
  }
  return nullptr;
}

// The first plugin that provides a component of that name, usable ones before the others.
const Candidate* find_component(const Catalog& catalog, const std::string& name) {
  const Candidate* found = nullptr;
  for (const Candidate& candidate : catalog.candidates()) {
    for (const ComponentKind kind : component_kinds()) {
      if (!candidate.manifest || !candidate.manifest->provides_component(kind, name)) continue;
      if (candidate.is_ready()) return &candidate;
      if (found == nullptr) found = &candidate;
    }
  }
  return found;
}

[[noreturn]] void refuse_unknown(const Catalog& catalog, const std::string& what,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> known = catalog.ids();
  for (const ComponentKind kind : component_kinds()) {
    for (const std::string& name : catalog.names(kind)) known.push_back(name);
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  std::vector<std::string> all = known;
  all.insert(all.end(), others.begin(), others.end());
  const std::string near = did_you_mean(what, all);
  throw Error(ErrorCode::config,
              "nothing installed is called '" + what + "'" +
                  (known.empty() ? "" : "; there is " + join(known)),
              near.empty() ? "see `modhost list --all`" : near);
}

}  // namespace

NamedPlugin find_named_plugin(const Catalog& catalog, const std::string& what,
                              const std::vector<std::string>& others) {
  if (what.empty()) refuse_unknown(catalog, what, others);
  if (is_path(what)) return {read_candidate_at(what), ""};
  if (const Candidate* plugin = find_id(catalog, what)) return {*plugin, ""};
  const size_t slash = what.rfind('/');
  if (slash != std::string::npos) {
    const Candidate* plugin = find_id(catalog, what.substr(0, slash));
    if (plugin != nullptr) return {*plugin, what.substr(slash + 1)};
  }
  if (const Candidate* plugin = find_component(catalog, what)) return {*plugin, what};
  refuse_unknown(catalog, what, others);
}

bool provides(const Catalog& catalog, const std::string& name) {
  return find_component(catalog, name) != nullptr;
}

}  // namespace modhost::core
