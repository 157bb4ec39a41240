#include <modhost/plugin.h>

#include "add_mul.h"

MODHOST_PLUGIN(registry) {
  registry
      .dataset<modhost_add_mul::AddMul>("add_mul", "sums and products of two numbers, by a flag")
      .paper("Csordas, van Steenkiste, Schmidhuber 2021")
      .suggest("train.batch_size", "128")
      .suggest("train.epochs", "1");
}
