// Clusters that an earlier run found.
#pragma once

#include <modhost/unit_graph.h>

#include <filesystem>
#include <vector>

namespace modhost_lesion {

// The cluster of each unit of `groups`, from labels.safetensors or labels.npz as `spectral` writes
// them, or from the folder that holds them: labels0, labels1, ..., one for each group, integers
// from -1 (no cluster). safetensors names the groups: those that it lacks have no clusters. Without
// names they are in order, and none is missing. Error(data) when the file is another, Error(config)
// when it does not fit the network.
modhost::UnitLabels read_labels(const std::filesystem::path& path,
                                const std::vector<modhost::UnitGroup>& groups);

}  // namespace modhost_lesion
