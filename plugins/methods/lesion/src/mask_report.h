// Tables, numbers and sentences of masks beside clusters.
#pragma once

#include <modhost/writer.h>

#include <string>
#include <vector>

#include "mask_clusters.h"

namespace modhost_lesion {

// `names`: of the clusters, by label; none: they have numbers.
void report_mask_clusters(modhost::RunWriter& writer, const MaskClusters& found,
                          const std::vector<std::string>& names);

}  // namespace modhost_lesion
