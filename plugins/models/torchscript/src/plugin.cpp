#include <modhost/plugin.h>

#include "torchscript.h"

MODHOST_PLUGIN(registry) {
  registry
      .model<modhost_torchscript::Torchscript>(
          "torchscript", "a network that Python saved by torch.jit.script or torch.jit.trace")
      .suggest("train.epochs", "0");
}
