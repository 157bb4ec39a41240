// MNIST and its relatives, read from the files that they were published as.
#include <modhost/plugin.h>

#include "mixed.h"
#include "mnist.h"
#include "permuted_mnist.h"

MODHOST_PLUGIN(registry) {
  using namespace modhost_mnist;
  registry.dataset<Mnist>("mnist", "handwritten digits")
      .paper("LeCun, Bottou, Bengio, Haffner 1998");
  registry.dataset<FashionMnist>("fashion_mnist", "ten kinds of clothes, in the format of MNIST")
      .paper("Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747");
  registry.dataset<Kmnist>("kmnist", "ten cursive Japanese characters, in the format of MNIST")
      .paper("Clanuwat et al. 2018, arXiv:1812.01718");
  registry
      .dataset<PermutedMnist>("permuted_mnist",
                              "digits with their pixels in other orders, each order a task")
      .paper("Csordas, van Steenkiste, Schmidhuber 2021, arXiv:2010.02066");
  registry.dataset<Mixed>("mixed", "two sets of images in the format of MNIST, learnt as one")
      .paper("Hod et al. 2021, arXiv:2110.08058");
}
