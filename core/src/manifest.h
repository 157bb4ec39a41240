// plugin.toml: what a plugin says about itself, in the file beside its library and inside it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "modhost/registry.h"
#include "modhost/signature.h"

namespace modhost::core {

struct Manifest {
  struct Download {
    std::string url;
    std::string sha256;
  };

  // [plugin]; id, version, description, license and url are mandatory.
  std::string id;       // reverse domain: "org.lab-a.scl"
  std::string name;     // for readers; the id when it is not given
  std::string version;  // "0.4.1"
  std::string description;
  std::string license;  // SPDX
  std::string url;
  std::vector<std::string> authors;
  std::string support, paper;
  // [source]; repository is mandatory.
  std::string repository, ref;
  // [build]
  std::string sdk;                 // ">=0.1,<2"
  std::vector<std::string> needs;  // "cuda?": '?' means optional
  // [provides]
  std::map<ComponentKind, std::vector<std::string>> provides;
  // [summary]: a line about a component, by name; may be left out: the plugin's description
  std::map<std::string, std::string> summaries;
  // [fits]: what a model takes or a dataset gives, by name; may be left out
  std::map<std::string, Accepts> fits;
  // [data]
  std::vector<Download> downloads;

  // The last part of the id: the name of the library without ".so".
  std::string short_name() const;
  // "models: scl, mlp; methods: sculpt"
  std::string provides_text() const;
  // "model, method"
  std::string kinds_text() const;
  // What is shown about a component.
  const std::string& summary_of(const std::string& component) const;
  bool provides_component(ComponentKind kind, const std::string& component) const;
};

// `file` is used in messages. Error(plugin) "E-MANIFEST: file:line:column: ..." for a syntax error,
// a key that is missing, unknown (with the nearest), of the wrong type or empty.
Manifest parse_manifest(std::string_view text, const std::string& file);

// The kinds in the order in which they are shown, and the keys of [provides]: "models", ...
const std::vector<ComponentKind>& component_kinds();
std::string plural(ComponentKind kind);

}  // namespace modhost::core
