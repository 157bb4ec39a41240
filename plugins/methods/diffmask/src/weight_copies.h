// Weights of a trained network copied to other places of the same parameter before masks are
// trained (Csordas et al. 2021: inputs and outputs of one pair of numbers for the other pair's).
#pragma once

#include <modhost/model.h>

#include <string>
#include <vector>

namespace modhost_diffmask {

// Some rows (outputs) or columns (inputs) of a parameter; counted from 0, the end left out.
struct WeightCopy {
  std::string parameter;
  bool columns = false;
  int64_t from = 0, to = 0, count = 0;
};

// rules: "layers.0.weight columns 40:80 -> 0:40". Error(config) for what is no such rule, a
// parameter that the model does not have, with the nearest, ranges of different lengths, and rows
// or columns that are not there.
std::vector<WeightCopy> weight_copies(const std::vector<std::string>& rules,
                                      const modhost::ModelBase& model);

// One after the other, into the model's own tensors.
void copy_weights(const std::vector<WeightCopy>& copies, modhost::ModelBase& model);

}  // namespace modhost_diffmask
