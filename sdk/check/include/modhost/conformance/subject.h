// The plugin under test, as the host sees it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "modhost/registry.h"

namespace modhost::conformance {

// What is known without running any of the plugin's code.
struct PluginFacts {
  std::string id, version;
  std::filesystem::path folder, library;
  std::string problem;               // why it cannot be loaded, "E-ABI: ..."; "" when it can
  bool has_mark = false;             // a readable build fingerprint
  bool is_shared_library = false;    // a whole one, for this machine
  std::vector<std::string> exports;  // dynamic symbols that it defines
  std::vector<std::string> run_path;
  bool stays_mapped = false;  // -z nodelete
  // From plugin.toml.
  std::string license;
  std::vector<std::string> left_out;  // optional keys that are missing: "authors"
  std::map<std::string, Accepts> fits;
};

class Subject {
 public:
  virtual ~Subject() = default;

  virtual const PluginFacts& facts() const = 0;
  // Reads manifest and fingerprint anew, as discovery does.
  virtual void scan() = 0;
  // The components of the plugin. Loads the library the first time; Error(plugin) "E-...: ...".
  virtual std::vector<const Component*> load() = 0;
  // The same through another path to the same files.
  virtual std::vector<const Component*> load_from(const std::filesystem::path& folder) = 0;
  // A component by the name a user might type; Error(config) when nobody has it.
  virtual const Component& ask_for(ComponentKind kind, const std::string& name) = 0;
};

}  // namespace modhost::conformance
