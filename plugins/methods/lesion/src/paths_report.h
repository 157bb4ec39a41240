// The weight dependency graph beside the dependencies that double lesions found.
#pragma once

#include <modhost/writer.h>

#include <string>
#include <vector>

#include "weight_paths.h"

namespace modhost_lesion {

// A pair of sub-clusters that double lesions judged.
struct LesionEdge {
  int64_t x_group = 0, x_label = 0, y_group = 0, y_label = 0;
  std::string type;  // dependency_type
  bool edge = false;
};

void report_paths(modhost::RunWriter& writer, const std::vector<modhost::LayerClusters>& layers,
                  const std::vector<WeightPath>& paths, const std::vector<LesionEdge>& lesions,
                  double threshold);

}  // namespace modhost_lesion
