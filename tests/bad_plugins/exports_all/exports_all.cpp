// As an author would get it who does not use modhost_add_plugin().
#include "tiny_model.h"

__attribute__((visibility("default"))) int modhost_test_exports_all() { return 0; }

MODHOST_PLUGIN(registry) { add_tiny_model(registry, "exports_all"); }
