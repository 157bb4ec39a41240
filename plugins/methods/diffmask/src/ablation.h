// Is it these weights that matter, or would any as many do?
#pragma once

#include <cstdint>
#include <vector>

#include "mask_evaluation.h"

namespace modhost_diffmask {

// Accuracy without the weights of a mask, and without random ones.
struct Ablation {
  double accuracy = 0;             // without those of the mask
  std::vector<double> random;      // without as many of all weights, each draw
  std::vector<double> complement;  // without as many of those that the mask does not keep; empty
                                   // when there are not as many
  // (r + 1) / (n + 1), r draws of n that cost at least as much: small when the mask's weights
  // matter more than others (North, Curtis, Sham 2002). 1 of no draws.
  static double p(double accuracy, const std::vector<double>& draws);
};

// Ones everywhere but at as many random places as `mask` keeps in each parameter; taken from all
// places, or from those that the mask does not keep. Empty when these are too few.
modhost::NamedTensors random_removal(const modhost::NamedTensors& mask, bool from_complement,
                                     uint64_t seed);

// `count` draws of each kind. `fill`: what removed weights become; empty: 0.
Ablation ablate(const MaskEvaluation& evaluation, const modhost::NamedTensors& mask, int64_t count,
                const modhost::NamedTensors& fill, const modhost::Source& source, uint64_t seed);

}  // namespace modhost_diffmask
