// Sub-clusters: the units of one cluster in one layer (Hod et al. 2021, section 2).
#pragma once

#include <modhost/unit_network.h>

#include <string>
#include <vector>

#include "silenced.h"

namespace modhost_lesion {

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
std::vector<LayerClusters> sub_clusters(const modhost::UnitNetwork& network,
                                        const std::vector<modhost::UnitGroup>& groups,
                                        const modhost::UnitLabels& labels);

// Random `count` of the live units, in ascending order.
UnitSet random_units(const UnitSet& live, int64_t count, uint64_t seed);

}  // namespace modhost_lesion
