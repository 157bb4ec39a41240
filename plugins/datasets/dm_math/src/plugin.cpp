#include <modhost/plugin.h>

#include "dm_math.h"

MODHOST_PLUGIN(registry) {
  registry
      .dataset<modhost_dm_math::DmMath>(
          "dm_math", "school mathematics as text, in three difficulties, published or generated")
      .paper("Saxton et al. 2019; Csordas, van Steenkiste, Schmidhuber 2021");
}
