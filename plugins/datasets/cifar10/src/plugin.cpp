// CIFAR-10, read from the files that it was published as.
#include <modhost/plugin.h>

#include "cifar10.h"

MODHOST_PLUGIN(registry) {
  registry.dataset<modhost_cifar10::Cifar10>("cifar10", "small colour photographs of ten classes")
      .paper("Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images");
}
