// Which plugin provides what, answered from the manifests.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "candidate.h"

namespace modhost::core {

class Catalog {
 public:
  // `searched` are the folders to name when something is not found.
  explicit Catalog(std::vector<Candidate> candidates,
                   std::vector<std::filesystem::path> searched = {});

  const std::vector<Candidate>& candidates() const { return candidates_; }
  std::vector<std::string> searched() const;  // in quotation marks

  struct Provider {
    const Candidate* candidate;  // ready; lives as long as the catalog
    std::string component;       // the name without the plugin's id
  };
  // `name` is "scl" or in full "org.lab-a.scl/scl". Error(config) when nobody provides it (with
  // what there is and the nearest) or two plugins do (with both); Error(plugin) with the plugin's
  // reason when the only ones that do cannot be used.
  // `built_in` are names that come without a plugin, to be told of in the error.
  Provider provider(ComponentKind kind, const std::string& name,
                    const std::vector<std::string>& built_in = {}) const;

  // The ready plugin of that id, nullptr when there is none.
  const Candidate* find(const std::string& id) const;

  // Of ready plugins, sorted, each once.
  std::vector<std::string> names(ComponentKind kind) const;
  std::vector<std::string> ids() const;
  // As ComponentSource::fitting().
  std::vector<std::string> fitting(ComponentKind kind, const Accepts& wanted) const;

 private:
  std::vector<Candidate> candidates_;
  std::vector<std::filesystem::path> searched_;
};

// Looks at all places where plugins may be; `plugin_paths` are those of --plugin-path.
Catalog open_catalog(const std::vector<std::filesystem::path>& plugin_paths);

}  // namespace modhost::core
