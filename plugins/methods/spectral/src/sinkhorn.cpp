#include <algorithm>
#include <cmath>
#include <numeric>

#include "nulls.h"

namespace modhost_spectral {

namespace {

constexpr int kMostSweeps = 200;      // of the iteration
constexpr double kTolerance = 1e-10;  // of a sum, relative
constexpr double kMostScale = 3;      // where zeros keep sums from being reached, scales grow on

}  // namespace

Scales sinkhorn(const std::vector<double>& values, const std::vector<double>& row_sums,
                const std::vector<double>& column_sums) {
  const size_t rows = row_sums.size(), columns = column_sums.size();
  Scales out{std::vector<double>(rows, 1), std::vector<double>(columns, 1)};
  const double all = std::accumulate(values.begin(), values.end(), 0.0);
  if (all <= 0) return out;
  const double usual = std::accumulate(row_sums.begin(), row_sums.end(), 0.0) / all;
  const auto factor = [](double wanted, double sum, double middle) {
    if (sum <= 0 || wanted <= 0) return 0.0;
    return std::clamp(wanted / sum, middle / kMostScale, middle * kMostScale);
  };
  std::vector<double> sums(columns);
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    double worst = 0;
    std::fill(sums.begin(), sums.end(), 0);
    for (size_t i = 0; i < rows; ++i) {
      const double* row = values.data() + i * columns;
      double sum = 0;
      for (size_t j = 0; j < columns; ++j) sum += row[j] * out.columns[j];
      const double next = factor(row_sums[i], sum, usual);
      if (next > 0 && sweep > 0) worst = std::max(worst, std::abs(next / out.rows[i] - 1));
      out.rows[i] = next;
      for (size_t j = 0; j < columns; ++j) sums[j] += row[j] * next;
    }
    for (size_t j = 0; j < columns; ++j) out.columns[j] = factor(column_sums[j], sums[j], 1);
    if (sweep > 0 && worst < kTolerance) break;
  }
  return out;
}

}  // namespace modhost_spectral
