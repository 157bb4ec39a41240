#include "builds.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include "compute.h"
#include "hash.h"
#include "modhost/build_info.h"
#include "modhost/error.h"

namespace modhost::core {
namespace {

// The file that holds the SDK in this process.
std::string sdk_file() {
  Dl_info info{};
  const auto* inside = reinterpret_cast<const void*>(&sdk_build_text);
  return ::dladdr(inside, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

}  // namespace

Environment::Entries builds(const ComponentSource& source) {
  Environment::Entries entries = {{"modhost", MODHOST_VERSION},
                                  {"LibTorch", libtorch_version()},
                                  {"build", sdk_build_text()},
                                  {"libmodhost_sdk", file_hash(sdk_file())}};
  for (const ComponentSource::Used& plugin : source.used()) {
    entries.emplace_back(fmt::format("plugin '{}'", plugin.id),
                         fmt::format("{} {}", plugin.version, file_hash(plugin.file)));
  }
  return entries;
}

}  // namespace modhost::core
