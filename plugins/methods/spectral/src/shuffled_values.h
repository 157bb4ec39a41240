// Shuffles of a layer's weights.
#pragma once

#include <modhost/random.h>

#include <cstddef>
#include <vector>

namespace modhost_spectral {

void shuffle_all(std::vector<double>& values, modhost::RandomStream& random);

// Of the values that are not 0, in ascending order.
std::vector<size_t> nonzero_places(const std::vector<double>& values);

}  // namespace modhost_spectral
