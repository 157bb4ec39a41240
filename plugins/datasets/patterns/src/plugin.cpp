// Data made by a rule that is known: patterns in images, and functions of numbers.
#include <modhost/plugin.h>

#include "image_patterns.h"
#include "term_dataset.h"

MODHOST_PLUGIN(registry) {
  using namespace modhost_patterns;
  const char* filan = "Filan et al. 2021, arXiv:2103.03386";
  registry.dataset<Lines>("lines", "images of 1 to 10 vertical lines, to be counted").paper(filan);
  registry.dataset<Circles>("circles", "images of 0 to 9 circles, to be counted").paper(filan);
  registry.dataset<Noise>("noise", "random pixels with random labels, to be learnt by heart")
      .paper(filan);
  registry.dataset<Poly>("poly", "all sums of nine monomials of two numbers")
      .paper(filan)
      .suggest("train.batch_size", "128");
  registry.dataset<Functions>("functions", "sine, logarithm, cosine and exponential of a number")
      .paper("Hod et al. 2021, arXiv:2110.08058")
      .suggest("train.batch_size", "128");
}
