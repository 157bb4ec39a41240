// A plugin as files: what can be known about it without running any of its code.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "build_compare.h"
#include "build_info.h"
#include "manifest.h"
#include "modhost/error.h"

namespace modhost::core {

enum class PluginState {
  ready,         // can be loaded
  incompatible,  // built for another host: E-ABI, E-CPU
  broken,        // no usable plugin at all
  shadowed,      // another folder with the same id was found first
  disabled,      // its folder's name begins with '@'
};
std::string to_string(PluginState state);

struct Candidate {
  std::filesystem::path folder;
  std::filesystem::path library;  // "" when the manifest does not tell
  std::string origin;             // where it was found: "--plugin-path", "installed", ...
  std::string manifest_text;
  std::optional<Manifest> manifest;
  std::optional<BuildInfo> build;
  std::vector<BuildDifference> differences;  // to this host
  PluginState state = PluginState::ready;
  // Why it is not ready: a line that begins with a code ("E-ABI: ..."), and what else there is to
  // say (more lines, what to do).
  std::string reason, details, hint;

  // The id, or the name of the folder while the manifest cannot be read.
  std::string id() const;
  bool is_ready() const { return state == PluginState::ready; }
};

// Never throws for what is wrong with the plugin; that becomes its state and reason.
Candidate read_candidate(const std::filesystem::path& folder, const std::string& origin);

// The same for a path that a user gave: the folder, its plugin.toml or its library. Error(plugin)
// "E-NOTFOUND: ..." when there is no manifest.
Candidate read_candidate_at(const std::filesystem::path& path);

// Why `candidate`, which is not ready, cannot be loaded.
Error unusable_error(const Candidate& candidate);

inline constexpr const char* kEntrySymbol = "modhost_plugin_entry_v1";
inline constexpr const char* kManifestFile = "plugin.toml";

}  // namespace modhost::core
