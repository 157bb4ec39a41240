// Do all lesions of a network together say that its clusters matter, and that they specialise?
// (Hod et al. 2021, section 3)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "single_lesion.h"

namespace modhost_lesion {

// One sub-cluster's part in a hypothesis.
struct Evidence {
  double own = 0;      // the statistic of the true lesion
  double control = 0;  // its mean over random ones
  double p = 1, p_tied = 1;
  // own / (own + control): 1/2 is no effect. As published, 0 where one of the two is no damage, or
  // nothing is comparable; mended, no damage counts as 0, 0 over 0 as 1/2, and coherence takes the
  // mean over controls of own / (own + control).
  double effect = 0, mended = 0.5;
  std::optional<double> factor;  // as published earlier: mean of random scores over the true one
};

// Is the mean of the parts (of the overall score, where there are none) lower than without random
// units? Of losses: higher.
Evidence importance(const SingleLesion& lesion, const Score& whole, bool by_loss);

// Do the parts suffer more unevenly? (largest - smallest change) / |mean change|; 0 when no part
// changes.
double unevenness(const std::vector<double>& parts, const std::vector<double>& whole);
Evidence coherence(const SingleLesion& lesion, const Score& whole);

// Over the sub-clusters of a network; all had as many draws.
struct Hypothesis {
  std::string name;
  int64_t draws = 0;
  std::vector<Evidence> evidence;
};

struct Combined {
  double fisher = 1, fisher_stat = 0, stouffer = 1, ranks = 1, bates = 1;
  // Benjamini, Hochberg at 0.05: how many sub-clusters pass, and the largest p of these.
  int64_t significant = 0;
  std::optional<double> critical;
};
Combined combined(const Hypothesis& hypothesis, bool tied);

struct Effects {
  // Twice the means: 1 is no effect, 2 the greatest. Standard errors of the means.
  double effect = 0, error = 0, mended = 0, mended_error = 0;
  std::optional<double> factor;
};
Effects effects(const Hypothesis& hypothesis);

}  // namespace modhost_lesion
