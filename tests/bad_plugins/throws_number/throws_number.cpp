// Something that has no text at all.
#include "modhost/plugin.h"

MODHOST_PLUGIN(registry) { throw 42; }
