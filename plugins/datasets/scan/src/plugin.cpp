#include <modhost/plugin.h>

#include "scan.h"

MODHOST_PLUGIN(registry) {
  registry.dataset<modhost_scan::Scan>("scan", "commands to translate into actions, in four splits")
      .paper("Lake, Baroni 2018; Csordas, van Steenkiste, Schmidhuber 2021");
}
