// Sub-clusters: the units of one cluster in one layer (Hod et al. 2021, section 2).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "modhost/unit_network.h"

namespace modhost {
inline namespace v1 {

// Units of one group, by their numbers in it, in ascending order.
using UnitSet = std::vector<int64_t>;

struct SubCluster {
  int64_t label = 0;
  UnitSet units;
};

struct LayerClusters {
  int64_t group = 0;  // of the network with all groups
  std::string name;
  UnitSet live;                          // the units that have a cluster
  std::vector<SubCluster> sub_clusters;  // by label
};

// Of the hidden layers of `network`, which has all groups of the model: inputs and outputs are not
// lesioned. `labels` are of the units of `groups`, which are some of those of the network. Layers
// without live units are left out.
std::vector<LayerClusters> sub_clusters(const UnitNetwork& network,
                                        const std::vector<UnitGroup>& groups,
                                        const UnitLabels& labels);

// Random `count` of the live units, in ascending order.
UnitSet random_units(const UnitSet& live, int64_t count, uint64_t seed);

}  // namespace v1
}  // namespace modhost
