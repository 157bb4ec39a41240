#include "modhost/significance.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

#include "modhost/error.h"
#include "modhost/statistics.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr int64_t kMostTerms = 30;

double population_variance(const std::vector<double>& values) {
  const double center = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - center) * (value - center);
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double share(int64_t count, int64_t draws) {
  return static_cast<double>(count + 1) / static_cast<double>(draws + 1);
}

double upper_chi_square(double statistic, double degrees) {
  if (!std::isfinite(statistic)) return 0;
  return boost::math::cdf(
      boost::math::complement(boost::math::chi_squared(degrees), std::max(0.0, statistic)));
}

void check_p(const std::vector<double>& p) {
  for (const double value : p) {
    check(value > 0 && value <= 1, ErrorCode::internal, "a p-value must lie above 0 and up to 1");
  }
}

}  // namespace

NullComparison compare_with_null(double value, const std::vector<double>& draws) {
  NullComparison out;
  out.draws = static_cast<int64_t>(draws.size());
  for (const double drawn : draws) {
    if (drawn < value) ++out.below;
    if (drawn > value) ++out.above;
  }
  out.mean = mean(draws);
  out.deviation = std::sqrt(population_variance(draws));
  const bool same = out.below == 0 && out.above == 0;
  if (!draws.empty() && !same) out.z = (value - out.mean) / out.deviation;
  out.p_below = share(out.below, out.draws);
  out.p_above = share(out.above, out.draws);
  out.p_below_tied = share(out.draws - out.above, out.draws);
  out.p_above_tied = share(out.draws - out.below, out.draws);
  return out;
}

double cohens_d(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
  if (n + m <= 2) return 0;
  const double difference = mean(a) - mean(b);
  const double pooled = (n * population_variance(a) + m * population_variance(b)) / (n + m - 2);
  return difference == 0 ? 0 : difference / std::sqrt(pooled);
}

double centred_p(double p, int64_t draws) { return p - 0.5 / static_cast<double>(draws + 1); }

double fisher_combined(const std::vector<double>& p) {
  check_p(p);
  if (p.empty()) return 1;
  double sum = 0;
  for (const double value : p) sum += std::log(value);
  return upper_chi_square(-2 * sum, 2 * static_cast<double>(p.size()));
}

double stouffer_combined(const std::vector<double>& p) {
  check_p(p);
  if (p.empty()) return 1;
  const boost::math::normal normal;
  double sum = 0;
  for (const double value : p) {
    if (value == 1) return 1;
    sum += boost::math::quantile(normal, value);
  }
  return boost::math::cdf(normal, sum / std::sqrt(static_cast<double>(p.size())));
}

double bates_combined(const std::vector<double>& p) {
  check_p(p);
  if (p.empty()) return 1;
  return irwin_hall_cdf(mean(p) * static_cast<double>(p.size()), static_cast<int64_t>(p.size()));
}

double rank_chi_square(const std::vector<double>& p, int64_t draws) {
  check_p(p);
  if (p.empty() || draws < 1) return 1;
  std::vector<double> counts(static_cast<size_t>(draws + 1), 0);
  for (const double value : p) {
    const double rank = std::round(value * static_cast<double>(draws + 1)) - 1;
    ++counts[static_cast<size_t>(std::clamp(rank, 0.0, static_cast<double>(draws)))];
  }
  const double expected = static_cast<double>(p.size()) / static_cast<double>(draws + 1);
  double sum = 0;
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  return upper_chi_square(sum, static_cast<double>(draws));
}

double irwin_hall_cdf(double x, int64_t n) {
  check(n >= 1, ErrorCode::internal, "a sum of no uniform numbers");
  const auto count = static_cast<double>(n);
  if (x <= 0) return 0;
  if (x >= count) return 1;
  if (n > kMostTerms) {
    return boost::math::cdf(boost::math::normal(count / 2, std::sqrt(count / 12)), x);
  }
  if (x > count / 2) return 1 - irwin_hall_cdf(count - x, n);  // fewer and smaller terms
  double sum = 0, choose = 1, factorial = 1;
  for (int64_t j = 0; static_cast<double>(j) <= x; ++j) {
    const auto at = static_cast<double>(j);
    sum += (j % 2 == 0 ? 1 : -1) * choose * std::pow(x - at, count);
    choose *= (count - at) / (at + 1);
  }
  for (int64_t j = 2; j <= n; ++j) factorial *= static_cast<double>(j);
  return std::clamp(sum / factorial, 0.0, 1.0);
}

CriticalP critical_p(std::vector<double> p, double rate) {
  std::sort(p.begin(), p.end());
  CriticalP out;
  for (size_t i = 0; i < p.size(); ++i) {
    const double bound = static_cast<double>(i + 1) * rate / static_cast<double>(p.size());
    if (p[i] <= bound) out = {true, p[i]};
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
