#include "tiny_model.h"

MODHOST_PLUGIN(registry) { add_tiny_model(registry, "unknown_license"); }
