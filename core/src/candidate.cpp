#include "candidate.h"

#include <fmt/format.h>

#include "elf_file.h"
#include "modhost/files.h"
#include "version_range.h"

namespace modhost::core {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLargestManifest = 1 << 20;

void set_aside(Candidate& candidate, PluginState state, const std::string& reason,
               const std::string& hint = "") {
  candidate.state = state;
  candidate.reason = reason;
  candidate.hint = hint;
}

std::string rebuild_hint(const Manifest& manifest) {
  const std::string version = manifest.ref.empty() ? "" : " (" + manifest.ref + ")";
  return "rebuild it against this host from " + manifest.repository + version;
}

// What the manifest asks for that this host is not.
std::string unmet_demand(const Manifest& manifest, const BuildInfo& host) {
  const std::string version = host.get("sdk_version"), torch = host.get("torch");
  if (!manifest.sdk.empty() && !version_fits(version, manifest.sdk)) {
    return fmt::format("  {:<12}  plugin needs {}  this host {}\n", "SDK version", manifest.sdk,
                       version);
  }
  const bool has_cuda = torch.find("+cpu") == std::string::npos;
  for (const std::string& need : manifest.needs) {
    if (need == "cuda" && !has_cuda) {
      return fmt::format("  {:<12}  plugin needs CUDA  this host {}\n", "LibTorch", torch);
    }
  }
  return "";
}

void compare_with_host(Candidate& candidate) {
  const BuildInfo& host = host_build_info();
  const Manifest& manifest = *candidate.manifest;
  candidate.differences = compare_builds(*candidate.build, host);
  const std::string demand = unmet_demand(manifest, host);
  if (!is_compatible(candidate.differences) || !demand.empty()) {
    std::string fields = incompatible_fields(candidate.differences);
    if (fields.empty()) fields = "what its manifest needs";
    set_aside(
        candidate, PluginState::incompatible,
        fmt::format("E-ABI: plugin '{}' {} was built for another host; {} differ{}", manifest.id,
                    manifest.version, fields, fields.find(',') == std::string::npos ? "s" : ""),
        rebuild_hint(manifest));
    candidate.details =
        difference_lines(candidate.differences, Severity::exact) + demand +
        fmt::format("  {:<12}  {} by {}\n", "built from", candidate.build->get("source"),
                    candidate.build->get("compiler"));
    return;
  }
  const auto missing = missing_instructions(*candidate.build, processor_instructions());
  if (!missing.empty()) {
    set_aside(candidate, PluginState::incompatible,
              fmt::format("E-CPU: plugin '{}' was built for a processor with {}, which this one "
                          "does not have",
                          manifest.id, join(missing)),
              "rebuild it without -march=native");
  }
}

// The library beside the plugin whose entry the dynamic linker would find instead.
std::string owner_of_foreign_entry(const Candidate& candidate, const ElfFile& elf) {
  for (const std::string& name : elf.needed()) {
    const fs::path path = candidate.folder / name;
    std::error_code failure;
    if (!fs::is_regular_file(path, failure)) continue;
    try {
      const std::string bytes = read_file(path);
      if (ElfFile(bytes, path.string()).defines(kEntrySymbol)) return name;
    } catch (const Error&) {  // not the one we look for
    }
  }
  return "";
}

void check_entry(Candidate& candidate, const ElfFile& elf) {
  if (elf.defines(kEntrySymbol)) return;
  const std::string owner = owner_of_foreign_entry(candidate, elf);
  if (owner.empty()) {
    set_aside(
        candidate, PluginState::broken,
        fmt::format("E-ENTRY: '{}' defines no '{}'", candidate.library.string(), kEntrySymbol),
        "write MODHOST_PLUGIN(registry) {...} in one of its sources");
    return;
  }
  set_aside(candidate, PluginState::broken,
            fmt::format("E-FOREIGN: '{}' has no entry of its own; the one that would be found "
                        "belongs to '{}', which it links",
                        candidate.library.string(), owner),
            "write MODHOST_PLUGIN(registry) {...} in one of its sources");
}

void check_library(Candidate& candidate) {
  const std::string file = candidate.library.string();
  std::string bytes;
  try {
    bytes = read_file(candidate.library);
  } catch (const Error& error) {
    set_aside(
        candidate, PluginState::broken,
        fmt::format("E-NOTFOUND: plugin '{}' has no library: {}", candidate.id(), error.what()),
        "build it, or copy the library beside its plugin.toml");
    return;
  }
  std::optional<ElfFile> elf;
  std::string damage;
  try {
    elf.emplace(bytes, file);
  } catch (const Error& error) {
    damage = error.what();
  }
  candidate.build = find_build_info(bytes);
  if (candidate.build) {
    compare_with_host(candidate);
    if (!candidate.is_ready()) return;
  } else if (elf || bytes.substr(0, 4) !=
                        "\x7f"
                        "ELF") {
    set_aside(
        candidate, PluginState::broken,
        fmt::format("E-NOMARK: '{}' is not a modhost plugin: it holds no build fingerprint", file),
        "build it with modhost_add_plugin()");
    return;
  }
  if (elf) {
    check_entry(candidate, *elf);
  } else {
    set_aside(candidate, PluginState::broken, damage, "copy or build it again");
  }
}

}  // namespace

std::string to_string(PluginState state) {
  switch (state) {
    case PluginState::ready:
      return "ready";
    case PluginState::incompatible:
      return "incompatible";
    case PluginState::broken:
      return "broken";
    case PluginState::shadowed:
      return "shadowed";
    case PluginState::disabled:
      return "disabled";
  }
  return "?";
}

std::string Candidate::id() const { return manifest ? manifest->id : folder.filename().string(); }

Candidate read_candidate(const fs::path& folder, const std::string& origin) {
  Candidate candidate;
  candidate.folder = folder;
  candidate.origin = origin;
  const fs::path file = folder / kManifestFile;
  try {
    candidate.manifest_text = read_file(file, kLargestManifest);
    candidate.manifest = parse_manifest(candidate.manifest_text, file.string());
  } catch (const Error& error) {
    const bool coded = std::string_view(error.what()).substr(0, 2) == "E-";
    set_aside(candidate, PluginState::broken,
              (coded ? "" : "E-MANIFEST: ") + std::string(error.what()), error.hint());
    return candidate;
  }
  candidate.library = folder / (candidate.manifest->short_name() + ".so");
  check_library(candidate);
  return candidate;
}

Candidate read_candidate_at(const fs::path& path) {
  std::error_code failure;
  const fs::path absolute = fs::absolute(path).lexically_normal();
  const fs::path folder = fs::is_directory(absolute, failure) ? absolute : absolute.parent_path();
  check(fs::exists(absolute, failure), ErrorCode::plugin,
        "E-NOTFOUND: there is no file '" + path.string() + "'");
  check(fs::exists(folder / kManifestFile, failure), ErrorCode::plugin,
        "E-NOTFOUND: there is no plugin.toml in '" + folder.string() + "'",
        "a plugin is a folder with plugin.toml and a library");
  return read_candidate(folder, "as named");
}

Error unusable_error(const Candidate& candidate) {
  if (candidate.details.empty()) {
    return Error(ErrorCode::plugin, candidate.reason, candidate.hint);
  }
  const std::string fix = candidate.hint.empty() ? "" : "  fix: " + candidate.hint;
  return Error(ErrorCode::plugin, candidate.reason + "\n" + candidate.details + fix);
}

}  // namespace modhost::core
