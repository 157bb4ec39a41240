// Mean and spread of a few numbers, as tables of results show them, and what chance would do.
#pragma once

#include <vector>

namespace modhost {
inline namespace v1 {

double mean(const std::vector<double>& values);  // 0 of none
// The standard deviation of the population that the values are a sample of; 0 of fewer than two.
double deviation(const std::vector<double>& values);
// Half the width of the 95 % confidence interval of the mean (Student's t); 0 of fewer than two.
double confidence_95(const std::vector<double>& values);

// The probability that a standard normal number lies at least as far from 0 as z, on either side.
double two_sided_p(double z);
// Adjusted p-values in the same order: keeping those up to q expects a share of at most q of them
// to be false (Benjamini, Hochberg 1995).
std::vector<double> benjamini_hochberg(const std::vector<double>& p);

// How many entries two random subsets of sizes a and b, out of n, have in common
// (hypergeometric distribution).
struct RandomOverlap {
  double mean = 0;
  double variance = 0;
};
RandomOverlap random_overlap(double n, double a, double b);

}  // namespace v1
}  // namespace modhost
