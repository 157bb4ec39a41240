// The numbers of the mask study under the names that its code logs them by, so that its figures can
// be compared: mask_stat/..., mask_remaining/..., with mask 0 the control and dots in parameter
// names written as "_" (github.com/RobertCsordas/modules).
#pragma once

#include <modhost/writer.h>

#include <string>

#include "mask_result.h"

namespace modhost_diffmask {

// "layers_0_weight" of "layers.0.weight"
std::string study_key(std::string parameter);

// Masks are counted in the order of `results`; without a control those of the tasks are 1, 2, ...
// all the same.
void write_study_keys(modhost::RunWriter& writer, const Results& results);

}  // namespace modhost_diffmask
