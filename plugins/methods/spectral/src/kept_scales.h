// Null models of one layer's weights that leave units their scale.
#pragma once

#include <modhost/random.h>

#include <cstddef>
#include <vector>

namespace modhost_spectral {

// NullModel::unit_scale of values [., columns] >= 0; `swap`: pairs of weights swap their ends first.
// What is left of the weights' logarithms without the scales of their units changes places. The
// sums only say which weight is larger than which; the weights are those that there were, since the
// scales of units with few weights are fitted too well and would make extreme ones.
void keep_scales(std::vector<double>& values, size_t columns, modhost::RandomStream& random,
                 bool swap);

// NullModel::degree: with swaps, then scaled to the sums that rows and columns had.
void keep_degrees(std::vector<double>& values, size_t columns, modhost::RandomStream& random);

}  // namespace modhost_spectral
