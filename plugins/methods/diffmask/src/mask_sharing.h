// How much the masks of tasks have in common, against masks drawn at random.
#pragma once

#include <vector>

#include "mask_metrics.h"
#include "mask_result.h"

namespace modhost_diffmask {

// Two masks of tasks, counted in common over all parameters.
struct SharedPair {
  const MaskResult* a = nullptr;
  const MaskResult* b = nullptr;
  Overlap overlap;
  double random = 0;             // io_min of random masks with as many weights over all
  double random_per_tensor = 0;  // with as many weights in each parameter
  double z = 0;                  // overlap.both against random_per_tensor, in its deviations
  double p = 1;                  // two-sided
  double p_adjusted = 1;         // for all pairs (Benjamini, Hochberg 1995)
};

// Each pair once, in the order of the masks.
std::vector<SharedPair> shared_pairs(const Results& results);

// What the masks of all tasks keep; empty when there are fewer than two.
NamedTensors common_bits(const Results& results);

// What the masks of the other tasks keep, all together; empty when there are none.
NamedTensors others_bits(const Results& results, const MaskResult& own);

}  // namespace modhost_diffmask
