#include "scale_fit.h"

#include <algorithm>

namespace modhost_spectral {

namespace {

constexpr int kFitSweeps = 30;        // they settle in a few
constexpr double kLeastShare = 1e-3;  // of the variance of scales that may be the units' own

// Sweeps of least squares over the weights that are not zero, row by row and column by column.
void sweep(Fit& fit, const std::vector<double>& logs, const std::vector<size_t>& places) {
  const size_t width = fit.columns.values.size();
  const auto update = [](Effects& effects, const std::vector<double>& sums) {
    for (size_t i = 0; i < sums.size(); ++i) {
      const double weight = effects.counts[i] + effects.shrink;
      effects.values[i] = effects.counts[i] > 0 ? sums[i] / weight : 0;
    }
  };
  std::vector<double> sums;
  for (int i = 0; i < kFitSweeps; ++i) {
    sums.assign(fit.rows.values.size(), 0);
    for (size_t at = 0; at < places.size(); ++at) {
      sums[places[at] / width] += logs[at] - fit.columns.values[places[at] % width];
    }
    update(fit.rows, sums);
    sums.assign(width, 0);
    for (size_t at = 0; at < places.size(); ++at) {
      sums[places[at] % width] += logs[at] - fit.rows.values[places[at] / width];
    }
    update(fit.columns, sums);
  }
  double squares = 0, parameters = 1;
  for (size_t at = 0; at < places.size(); ++at) {
    const double rest =
        logs[at] - fit.rows.values[places[at] / width] - fit.columns.values[places[at] % width];
    squares += rest * rest;
  }
  for (const Effects* side : {&fit.rows, &fit.columns}) {
    for (const double count : side->counts) parameters += count > 0;
  }
  const double freedom = static_cast<double>(places.size()) - parameters;
  fit.rest_variance = squares / std::max(1.0, freedom);
}

}  // namespace

double Effects::variance() const {
  double sum = 0, units = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    sum += values[i] * values[i] * (counts[i] > 0);
    units += counts[i] > 0;
  }
  return units > 0 ? sum / units : 0;
}

double Effects::chance() const {
  double sum = 0, units = 0;
  for (const double count : counts) {
    if (count == 0) continue;
    sum += 1 / count;
    ++units;
  }
  return units > 0 ? sum / units : 0;
}

Fit fit_scales(const std::vector<double>& logs, const std::vector<size_t>& places, size_t rows,
               size_t columns) {
  Fit fit;
  fit.rows = {std::vector<double>(rows, 0), std::vector<double>(rows, 0)};
  fit.columns = {std::vector<double>(columns, 0), std::vector<double>(columns, 0)};
  for (const size_t place : places) {
    ++fit.rows.counts[place / columns];
    ++fit.columns.counts[place % columns];
  }
  sweep(fit, logs, places);
  for (Effects* side : {&fit.rows, &fit.columns}) {
    const double own = side->variance() - fit.rest_variance * side->chance();
    side->shrink = fit.rest_variance / std::max(own, kLeastShare * side->variance() + 1e-300);
  }
  sweep(fit, logs, places);
  return fit;
}

}  // namespace modhost_spectral
