#include "welch.h"

#include <modhost/statistics.h>

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// The squared standard error of the mean.
double squared_error(const std::vector<double>& values) {
  const double spread = deviation(values);
  return spread * spread / static_cast<double>(values.size());
}

}  // namespace

std::optional<WelchTest> welch_greater(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() < 2 || b.size() < 2) return std::nullopt;
  const double of_a = squared_error(a), of_b = squared_error(b), both = of_a + of_b;
  if (!(both > 0) || !std::isfinite(both)) return std::nullopt;
  // Shares, because squares of squares of small numbers are 0.
  const double share_a = of_a / both, share_b = of_b / both;
  WelchTest out;
  out.t = (mean(a) - mean(b)) / std::sqrt(both);
  out.freedom = 1 / (share_a * share_a / static_cast<double>(a.size() - 1) +
                     share_b * share_b / static_cast<double>(b.size() - 1));
  const boost::math::students_t student(out.freedom);
  out.p = boost::math::cdf(boost::math::complement(student, out.t));
  return out;
}

}  // namespace modhost_sculpting
