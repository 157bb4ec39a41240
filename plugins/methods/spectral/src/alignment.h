// Numbers for the clusters of local graphs by which a cluster keeps its number from layer to layer.
#pragma once

#include <modhost/unit_network.h>

#include <vector>

namespace modhost_spectral {

// Where local graphs overlap, their clusters have common units. Each graph in turn gets the numbers
// of the clusters of the graphs before it that it is next to, so that as many units as possible
// have one number in both (Hod et al. 2021 do this for 50 random pairs of neighbours). A cluster
// that has no unit in common with the one that is left for it gets a number of its own.
// `labels`: of the units of each part, from 0; renumbered. Returns the share of the units in two
// neighbouring parts that have the same number in both; 1 when there are none.
double align_labels(const std::vector<modhost::LocalGraph>& parts,
                    std::vector<modhost::UnitLabels>& labels);

}  // namespace modhost_spectral
