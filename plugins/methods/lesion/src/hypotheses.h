// Do all lesions of a network together say that its clusters matter, and that they specialise?
// (Hod et al. 2021, section 3)
#pragma once

#include <modhost/hypotheses.h>

#include <vector>

#include "single_lesion.h"

namespace modhost_lesion {

using modhost::combined;
using modhost::Combined;
using modhost::effects;
using modhost::Effects;
using modhost::Evidence;  // of damage; mended: coherence takes the mean over controls
using modhost::Hypothesis;

// Is the mean of the parts (of the overall score, where there are none) lower than without random
// units? Of losses: higher.
Evidence importance(const SingleLesion& lesion, const Score& whole, bool by_loss);

// Do the parts suffer more unevenly? (largest - smallest change) / |mean change|; 0 when no part
// changes.
double unevenness(const std::vector<double>& parts, const std::vector<double>& whole);
Evidence coherence(const SingleLesion& lesion, const Score& whole);

}  // namespace modhost_lesion
