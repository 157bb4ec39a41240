// Which weight of the penalty to take: masks that are small, and still do their task.
#pragma once

#include <vector>

#include "mask_training.h"

namespace modhost_diffmask {

// Trains the masks of all jobs under each of options.alpha and takes the largest that costs no job
// more than options.within of its accuracy on validation data; the smallest when all cost more.
// Writes the table `alpha` (how accuracy, size and sharing depend on it) and the scalar
// masks/alpha, and says what was taken.
double choose_alpha(modhost::Experiment& experiment, MaskTraining& training,
                    const MaskEvaluation& evaluation, const std::vector<MaskJob>& jobs,
                    const DiffmaskOptions& options);

}  // namespace modhost_diffmask
