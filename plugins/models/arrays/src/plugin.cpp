#include <modhost/plugin.h>

#include "arrays.h"
#include "no_data.h"

MODHOST_PLUGIN(registry) {
  registry
      .model<modhost_arrays::Arrays>("arrays",
                                     "the network in a file of arrays W0, W1, ..., without a port")
      .suggest("dataset.name", "no_data")
      .suggest("method.units", "all");  // no image, no dense part beside what is stored
  registry.dataset<modhost_arrays::NoData>("no_data",
                                           "no samples, for methods that look at weights alone");
}
