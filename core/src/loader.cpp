#include "loader.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <cstring>

#include "dlopen_error.h"
#include "mapped_libraries.h"
#include "modhost/plugin.h"

namespace modhost::core {
namespace {

using Entry = const modhost_plugin_v1*();

[[noreturn]] void refuse(const char* code, const Candidate& candidate, const std::string& what,
                         const std::string& hint = "") {
  throw Error(ErrorCode::plugin, fmt::format("{}: plugin '{}' {}", code, candidate.id(), what),
              hint);
}

std::pair<uint64_t, uint64_t> file_id(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {0, 0};
  return {status.st_dev, status.st_ino};
}

// Maps the library. The handle is leaked on purpose, also when a later step fails: static objects
// of a plugin may be known to LibTorch from now on.
boost::dll::shared_library& map_library(const Candidate& candidate) {
  static auto& handles = *new std::vector<std::unique_ptr<boost::dll::shared_library>>;
  const std::vector<std::string> before = mapped_libraries();
  try {
    using boost::dll::load_mode::rtld_local;
    using boost::dll::load_mode::rtld_now;
    handles.push_back(std::make_unique<boost::dll::shared_library>(candidate.library.string(),
                                                                   rtld_now | rtld_local));
  } catch (const std::exception& error) {
    const LinkerError linker = explain_linker_error(error.what());
    refuse("E-DLOPEN", candidate, "cannot be loaded: " + linker.message, linker.hint);
  }
  const auto duplicates = new_duplicates(before, mapped_libraries());
  if (!duplicates.empty()) {
    const DuplicateLibrary& one = duplicates.front();
    refuse(
        "E-DUPLIB", candidate,
        fmt::format("brings a second {} along: '{}' beside '{}'", one.what, one.second, one.first),
        "link it with the one of the host");
  }
  return *handles.back();
}

Entry* find_entry(const Candidate& candidate, boost::dll::shared_library& library) {
  if (!library.has(kEntrySymbol)) {
    refuse("E-ENTRY", candidate, fmt::format("defines no '{}'", kEntrySymbol));
  }
  Entry& entry = library.get<Entry>(kEntrySymbol);
  Dl_info info{};
  if (::dladdr(reinterpret_cast<const void*>(&entry), &info) == 0 || info.dli_fname == nullptr ||
      file_id(info.dli_fname) != file_id(candidate.library)) {
    refuse("E-FOREIGN", candidate,
           fmt::format("has no entry of its own; the one found belongs to '{}'",
                       info.dli_fname == nullptr ? "?" : info.dli_fname));
  }
  return &entry;
}

// Looks only at plain data of the plugin.
const modhost_plugin_v1& checked_descriptor(const Candidate& candidate, Entry* entry) {
  const modhost_plugin_v1* plugin = entry();
  if (plugin == nullptr || plugin->magic != MODHOST_PLUGIN_MAGIC ||
      plugin->size < sizeof(modhost_plugin_v1) || plugin->load == nullptr ||
      plugin->build == nullptr || plugin->manifest == nullptr) {
    refuse("E-ENTRY", candidate, "has an entry that describes no plugin",
           "write it with MODHOST_PLUGIN");
  }
  if (plugin->sdk_abi != MODHOST_SDK_ABI || candidate.build->text() != plugin->build) {
    refuse("E-ENTRY", candidate, "describes another build than its fingerprint does",
           "build it again from scratch");
  }
  if (candidate.manifest_text != plugin->manifest) {
    refuse("E-MANIFESTDIFF", candidate,
           fmt::format("was built with another manifest than '{}'",
                       (candidate.folder / kManifestFile).string()),
           "build it again, or bring back the file it was built with");
  }
  return *plugin;
}

void run_load(const Candidate& candidate, const modhost_plugin_v1& plugin, Registry& staged) {
  const std::string version = host_build_info().get("sdk_version");
  const modhost_host_v1 host{sizeof(modhost_host_v1), MODHOST_SDK_ABI, version.c_str(), &staged};
  modhost_error_v1 error{};
  error.size = sizeof error;
  std::string thrown;
  try {
    if (plugin.load(&host, &error) == 0) return;
    error.message[sizeof error.message - 1] = '\0';
    thrown = error.message;
  } catch (const std::exception& failure) {  // an entry written by hand
    thrown = failure.what();
  } catch (...) {
    thrown = "it threw something that is no std::exception";
  }
  refuse("E-INIT", candidate, "cannot start: " + (thrown.empty() ? "it does not say why" : thrown));
}

void compare_with_manifest(const Candidate& candidate, const Registry& staged) {
  std::vector<std::string> missing, unlisted;
  for (const ComponentKind kind : component_kinds()) {
    const std::vector<std::string> names = staged.names(kind);
    for (const std::string& name : names) {
      if (!candidate.manifest->provides_component(kind, name)) {
        unlisted.push_back(to_string(kind) + " '" + name + "'");
      }
    }
    const auto listed = candidate.manifest->provides.find(kind);
    if (listed == candidate.manifest->provides.end()) continue;
    for (const std::string& name : listed->second) {
      if (staged.find(kind, name) == nullptr)
        missing.push_back(to_string(kind) + " '" + name + "'");
    }
  }
  std::vector<std::string> parts;
  if (!unlisted.empty()) parts.push_back("registers " + join(unlisted) + ", not listed there");
  if (!missing.empty()) parts.push_back("does not register " + join(missing) + ", listed there");
  if (!parts.empty()) {
    refuse("E-MANIFESTDIFF", candidate, "differs from [provides]: it " + join(parts, " and "),
           "make [provides] in plugin.toml and MODHOST_PLUGIN agree");
  }
}

}  // namespace

std::vector<const Component*> Loader::register_components(const Candidate& candidate) {
  boost::dll::shared_library& library = map_library(candidate);
  const modhost_plugin_v1& plugin = checked_descriptor(candidate, find_entry(candidate, library));
  Registry staged(candidate.id());
  run_load(candidate, plugin, staged);
  compare_with_manifest(candidate, staged);
  const std::vector<const Component*> components = staged.components();
  try {
    registry_.merge(std::move(staged));
  } catch (const Error& error) {
    refuse("E-DUPLICATE", candidate, std::string("cannot be added: ") + error.what(),
           "one run can use only one of the two");
  }
  return components;
}

const Loader::Plugin& Loader::load(const Candidate& candidate) {
  if (!candidate.is_ready()) throw unusable_error(candidate);
  const FileId id = file_id(candidate.library);
  const auto found = loaded_.find(id);
  if (found != loaded_.end()) return found->second;
  std::vector<const Component*> components = register_components(candidate);
  order_.push_back(id);
  return loaded_.emplace(id, Plugin{candidate, std::move(components)}).first->second;
}

std::vector<const Loader::Plugin*> Loader::plugins() const {
  std::vector<const Plugin*> out;
  for (const FileId& id : order_) out.push_back(&loaded_.at(id));
  return out;
}

}  // namespace modhost::core
