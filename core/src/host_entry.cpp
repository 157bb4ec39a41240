// The entry of libmodhost_host, called by the program modhost.
#include <string>
#include <vector>

#include "host.h"

extern "C" __attribute__((visibility("default"))) int modhost_main(int argc, char** argv) {
  return modhost::core::run_host(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}
