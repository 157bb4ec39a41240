#include <modhost/plugin.h>

#include "mnist_pairs.h"

MODHOST_PLUGIN(registry) {
  registry
      .dataset<modhost_mnist_pairs::MnistPairs>("mnist_pairs",
                                                "two digits side by side in one image")
      .paper("Patil, Michael, Dovrolis 2023, arXiv:2305.18402")
      .suggest("train.batch_size", "512")
      .suggest("train.weight_decay", "0.0001");
}
