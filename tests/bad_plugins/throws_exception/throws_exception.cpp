// The text of the exception must reach the user.
#include <stdexcept>

#include "modhost/plugin.h"

MODHOST_PLUGIN(registry) { throw std::runtime_error("the lookup table is not there"); }
