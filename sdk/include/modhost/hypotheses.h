// Do all sub-clusters of a network together say that its clusters are more than random units?
// (Filan et al. 2021; Hod et al. 2021, section 3)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "modhost/table.h"

namespace modhost {
inline namespace v1 {

// One sub-cluster's part in a hypothesis.
struct Evidence {
  double own = 0;            // the statistic of the sub-cluster
  double control = 0;        // its mean over random sets of as many units
  double p = 1, p_tied = 1;  // as NullComparison
  // A share of own in own + control: 1/2 is no effect. As published, and mended so that numbers
  // that cannot be shared (0 over 0) are no effect either.
  double effect = 0, mended = 0.5;
  std::optional<double> factor;  // as published earlier: mean of random ones over the true one
};

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

// own / (own + control), of numbers from 0 up: 1/2 where both are equal (0 or infinite, too), 1 for
// an infinite own.
double bounded_share(double own, double control);

// A row for each hypothesis with ties left out and one with ties counted against it: hypothesis,
// ties, sub_clusters, controls, fisher, fisher_stat, stouffer, chi2_categorical, bates,
// significant, critical_p, effect, effect_sem, effect_mended, effect_mended_sem, factor.
Table hypothesis_table(const std::vector<Hypothesis>& hypotheses);

// A finite number, or an empty cell.
Cell finite_cell(const std::optional<double>& number);

}  // namespace v1
}  // namespace modhost
