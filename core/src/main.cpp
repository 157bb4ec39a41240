// The program modhost: prepares the process, then loads the host and hands over to it.
//
// The program itself is not linked with LibTorch: its libraries read their settings from the
// environment while they are loaded, so the settings must stand before.
#include <dlfcn.h>

#include <cstdio>

#include "start_up.h"

#ifndef MODHOST_HOST_LIBRARY  // the benchmark starts in the same way, with a library of its own
#define MODHOST_HOST_LIBRARY "libmodhost_host.so"
#endif

int main(int argc, char** argv) {
  modhost::core::prepare_process();
  void* host = ::dlopen(MODHOST_HOST_LIBRARY, RTLD_NOW | RTLD_GLOBAL);
  using Entry = int (*)(int, char**);
  const auto entry =
      reinterpret_cast<Entry>(host == nullptr ? nullptr : ::dlsym(host, "modhost_main"));
  if (entry == nullptr) {
    std::fprintf(stderr, "modhost: the installation is damaged: %s\n", ::dlerror());
    return 1;
  }
  return entry(argc, argv);
}
