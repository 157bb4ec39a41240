#include <modhost/plugin.h>

#include "tuple_arithmetic.h"

MODHOST_PLUGIN(registry) {
  registry
      .dataset<modhost_tuple_arithmetic::TupleArithmetic>("tuple_arithmetic",
                                                          "two sums at two places")
      .paper("Csordas, van Steenkiste, Schmidhuber 2021")
      .suggest("train.batch_size", "128")
      .suggest("train.epochs", "1");
}
