#include <modhost/plugin.h>

#include "glyphs.h"

MODHOST_PLUGIN(registry) {
  registry.dataset<modhost_glyphs::Glyphs>("glyphs", "images of ten glyphs, drawn at random");
}
