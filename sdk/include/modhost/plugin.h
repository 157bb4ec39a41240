// How a shared library becomes a plugin: one macro.
//
//   MODHOST_PLUGIN(registry) { registry.model<Mlp>("mlp", "multi-layer perceptron"); }
//
// `modhost_add_plugin()` of the SDK's CMake package adds what is missing: the build fingerprint and
// the text of plugin.toml. The C structures below are layer 0: frozen, append-only, readable by any
// later host, and looked at before any C++ of the plugin runs.
#pragma once

#include <stdint.h>

#include "modhost/registry.h"
#include "modhost/version.h"

extern "C" {

struct modhost_error_v1 {
  uint32_t size;       // of this structure, set by the host
  char message[4000];  // UTF-8, zero-terminated, written by load() when it fails
};

struct modhost_host_v1 {
  uint32_t size;
  uint32_t sdk_abi;
  const char* version;  // of the host
  void* registry;       // modhost::Registry*, valid during load() only
};

struct modhost_plugin_v1 {
  uint64_t magic;  // MODHOST_PLUGIN_MAGIC
  uint32_t size;   // of this structure; a larger one has fields appended
  uint32_t sdk_abi;
  const char* build;     // the fingerprint with its marks, as in the file's read-only data
  const char* manifest;  // the text of plugin.toml
  int (*load)(const modhost_host_v1*, modhost_error_v1*);  // 0 on success; never throws
};

// Written by modhost_add_plugin() into a source file of its own.
extern const char modhost_build_info[];
extern const char modhost_manifest_text[];
}

#define MODHOST_PLUGIN_MAGIC UINT64_C(0x314e4c504f484d01)

namespace modhost {
inline namespace v1 {
namespace detail {
// Runs `registrar` and turns any exception into text. Out of line so that all plugins share it.
int load_plugin(void (*registrar)(Registry&), const modhost_host_v1* host,
                modhost_error_v1* error) noexcept;
}  // namespace detail
}  // namespace v1
}  // namespace modhost

#define MODHOST_PLUGIN(registry)                                                           \
  static void modhost_register_components(::modhost::Registry& registry);                  \
  extern "C" __attribute__((visibility("default"))) const modhost_plugin_v1*               \
  modhost_plugin_entry_v1() {                                                              \
    static const modhost_plugin_v1 plugin = {                                              \
        MODHOST_PLUGIN_MAGIC,                                                              \
        sizeof(modhost_plugin_v1),                                                         \
        MODHOST_SDK_ABI,                                                                   \
        modhost_build_info,                                                                \
        modhost_manifest_text,                                                             \
        [](const modhost_host_v1* host, modhost_error_v1* error) {                         \
          return ::modhost::detail::load_plugin(modhost_register_components, host, error); \
        }};                                                                                \
    return &plugin;                                                                        \
  }                                                                                        \
  static void modhost_register_components([[maybe_unused]] ::modhost::Registry& registry)
