// Loads plugins into this process, one by one, as they are asked for.
//
// Each way to fail has a code, which begins the message of the error:
//   E-NOTFOUND      no library beside the manifest
//   E-MANIFEST      plugin.toml cannot be read
//   E-NOMARK        no build fingerprint: not a modhost plugin
//   E-ABI           built for another host; all differences at once
//   E-CPU           needs instructions that this processor lacks
//   E-ELF           damaged, or no shared library
//   E-DLOPEN        the dynamic linker refused
//   E-ENTRY         no entry, or one that makes no sense
//   E-FOREIGN       the entry belongs to another library
//   E-DUPLIB        brings a second LibTorch, SDK or OpenMP along
//   E-MANIFESTDIFF  not what its manifest says
//   E-DUPLICATE     a component of that name is loaded already
//   E-INIT          the plugin itself failed
// A plugin is never unloaded: objects of LibTorch keep pointers into its code until the end.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "candidate.h"
#include "modhost/registry.h"

namespace modhost::core {

class Loader {
 public:
  // Components are merged into `registry`, which must outlive this object.
  explicit Loader(Registry& registry) : registry_(registry) {}

  struct Plugin {
    Candidate candidate;
    std::vector<const Component*> components;  // owned by the registry
  };

  // Loads the plugin unless the same file is loaded already. Error(plugin) as above; then nothing
  // of it is registered.
  const Plugin& load(const Candidate& candidate);

  // In the order in which they were loaded.
  std::vector<const Plugin*> plugins() const;

 private:
  using FileId = std::pair<uint64_t, uint64_t>;  // device, inode

  std::vector<const Component*> register_components(const Candidate& candidate);

  Registry& registry_;
  std::map<FileId, Plugin> loaded_;
  std::vector<FileId> order_;
};

}  // namespace modhost::core
