// Labels of the units of a whole network, and what chance makes of them.
#pragma once

#include <modhost/sub_clusters.h>

#include <cstdint>
#include <string>
#include <vector>

namespace modhost_lesion {

// Labels of the units of `groups`, some of those of `network`, as labels of all its units; the
// others have no cluster.
modhost::UnitLabels spread_labels(const modhost::UnitNetwork& network,
                                  const std::vector<modhost::UnitGroup>& groups,
                                  const modhost::UnitLabels& labels);

// The labels of each layer in a random order among its units that have one: clusters of equal sizes
// in each layer.
modhost::UnitLabels permuted_labels(const modhost::UnitNetwork& network,
                                    const modhost::UnitLabels& labels, uint64_t seed);

// The units of one cluster, for each group of the network, maybe none.
std::vector<modhost::UnitSet> units_of(const modhost::UnitNetwork& network,
                                       const modhost::UnitLabels& labels, int64_t label);

// "square", or "3": `names` of masks, by label; none, or too few: clusters have numbers.
std::string cluster_name(const std::vector<std::string>& names, int64_t label);

// The labels that occur, in ascending order.
std::vector<int64_t> labels_in(const modhost::UnitLabels& labels);

// Would a permutation change which units of the network the cluster has? Not when it has all or no
// live units of each layer.
bool can_permute(const modhost::UnitNetwork& network, const modhost::UnitLabels& labels,
                 int64_t label);

}  // namespace modhost_lesion
