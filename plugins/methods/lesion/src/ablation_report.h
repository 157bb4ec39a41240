// Tables, numbers and a sentence of ablations.
#pragma once

#include <modhost/writer.h>

#include <string>
#include <vector>

#include "ablation.h"

namespace modhost_lesion {

// `names`: of the clusters, by label; none: they have numbers.
void report_ablations(modhost::RunWriter& writer, const Ablations& found,
                      const std::vector<std::string>& names);

}  // namespace modhost_lesion
