// What of the input moves with units over the data: their "receptive images".
#pragma once

#include <modhost/sub_clusters.h>
#include <modhost/tensor.h>

#include <vector>

namespace modhost_featurevis {

// Rank correlations (Spearman) of units [samples, units] with inputs [samples, entries]:
// [units, entries], double. 0 for what is constant. Memory for blocks of entries only.
modhost::Tensor input_correlations(const modhost::Tensor& units, const modhost::Tensor& inputs);

// Signs, 1 or -1, for rows [k, entries] that let them agree: from all 1, row after row changes its
// sign while the sum of its cosines with the others, with their signs, is negative; at most 20
// times through all. Rows of zeros agree with all.
std::vector<double> aligned_signs(const modhost::Tensor& rows);

// The mean of those units' correlations with their signs aligned; its own sign such that the mean
// over entries is negative. correlations [units, entries] -> [entries].
modhost::Tensor receptive_image(const modhost::Tensor& correlations, const modhost::UnitSet& units);

}  // namespace modhost_featurevis
