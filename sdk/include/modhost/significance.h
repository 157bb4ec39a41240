// Is a number extreme among those of a null model, and what do several such tests say together?
#pragma once

#include <cstdint>
#include <vector>

namespace modhost {
inline namespace v1 {

// A number beside draws of its null model. Ties are no evidence either way: `p_below` and `p_above`
// leave them out as the published code of Filan et al. 2021 and Hod et al. 2021 does, and
// `p_below_tied`, `p_above_tied` count them against the number, which is always valid.
struct NullComparison {
  int64_t draws = 0, below = 0, above = 0;  // draws smaller, and greater, than the number
  double mean = 0;
  double deviation = 0;  // of the draws as a population (divided by n)
  double z = 0;          // (number - mean) / deviation; 0 when all are equal, else maybe infinite
  double p_below = 1;    // (below + 1) / (draws + 1): small for a number that is small
  double p_above = 1;
  double p_below_tied = 1;  // (draws - above + 1) / (draws + 1)
  double p_above_tied = 1;
  // The number is smaller (greater) than every draw, or as small as the smallest.
  bool least() const { return draws > 0 && below == 0; }
};
NullComparison compare_with_null(double value, const std::vector<double>& draws);

// Cohen's d of two samples with population deviations s (Filan et al. 2021).
double cohens_d(const std::vector<double>& a, const std::vector<double>& b);

// p minus half of the smallest step 1 / (draws + 1): centred, for the combinations below.
double centred_p(double p, int64_t draws);

// One p-value for many independent tests; each p in (0, 1]. 1 of none.
double fisher_combined(const std::vector<double>& p);    // -2 sum ln p against chi2 of 2m degrees
double stouffer_combined(const std::vector<double>& p);  // sum of normal quantiles over sqrt(m)
double bates_combined(const std::vector<double>& p);     // Irwin-Hall distribution of the sum
// Ranks round(p (draws + 1)) of tests with equally many draws, chi-square against equal counts.
double rank_chi_square(const std::vector<double>& p, int64_t draws);

// The probability that the sum of n uniform numbers is at most x; normal beyond n = 30, where the
// sum of alternating terms loses its digits (Hod et al. 2021).
double irwin_hall_cdf(double x, int64_t n);

// The largest p that Benjamini and Hochberg 1995 keep at that false discovery rate; unset when they
// keep none.
struct CriticalP {
  bool any = false;
  double p = 0;
};
CriticalP critical_p(std::vector<double> p, double rate = 0.05);

}  // namespace v1
}  // namespace modhost
