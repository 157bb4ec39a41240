#include <cstdio>

#include "tiny_model.h"

MODHOST_PLUGIN(registry) {
  std::puts("thank you for using prints_on_load");
  add_tiny_model(registry, "prints_on_load");
}
