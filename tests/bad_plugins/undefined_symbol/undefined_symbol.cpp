// The linker option that finds this at the author's desk is switched off for this plugin.
#include "modhost/plugin.h"

namespace nowhere {
void to_be_found(int);
}

MODHOST_PLUGIN(registry) { nowhere::to_be_found(1); }
