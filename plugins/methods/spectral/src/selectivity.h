// Which classes each unit tells apart from the rest, beside the clusters that weights make.
#pragma once

#include <modhost/experiment.h>

#include <vector>

#include "activations.h"
#include "clusterer.h"

namespace modhost_spectral {

// The two classes that a unit's values go with most: the size of Pearson's correlation with 1 for
// samples of the class and 0 for others. -1 where there is no correlation at all.
struct Selectivity {
  int64_t best = -1, second = -1;
  double of_best = 0, of_second = 0;
};

// Of each column of values [samples, units]; classes [samples], int64, 0 to class_count - 1. Of
// equal correlations the first class counts.
std::vector<Selectivity> selectivities(const torch::Tensor& values, const torch::Tensor& classes,
                                       int64_t class_count);

// Table `selectivities`, and scalars `selectivity/...`: how far the assignment of hidden units to
// their best class, and to their second best, agrees with the clusters of the weights.
void compare_selectivities(modhost::Experiment& experiment, const HiddenValues& hidden,
                           const modhost::UnitGraph& weights, const Clusterer& clusterer);

}  // namespace modhost_spectral
