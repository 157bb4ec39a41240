#include "kept_scales.h"

#include <modhost/shuffle.h>
#include <modhost/statistics.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "nulls.h"
#include "scale_fit.h"
#include "shuffled_values.h"

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

struct Sums {
  std::vector<double> rows, columns;
};

Sums sums_of(const std::vector<double>& values, size_t columns) {
  Sums out{std::vector<double>(values.size() / columns, 0), std::vector<double>(columns, 0)};
  for (size_t i = 0; i < values.size(); ++i) {
    out.rows[i / columns] += values[i];
    out.columns[i % columns] += values[i];
  }
  return out;
}

// The indices in the order of their values; of equal ones the first comes first.
std::vector<size_t> ranked(const std::vector<double>& values) {
  std::vector<size_t> out(values.size());
  std::iota(out.begin(), out.end(), size_t{0});
  std::stable_sort(out.begin(), out.end(),
                   [&](size_t a, size_t b) { return values[a] < values[b]; });
  return out;
}

}  // namespace

void keep_scales(std::vector<double>& values, size_t columns, RandomStream& random, bool swap) {
  const size_t rows = values.size() / columns;
  const std::vector<size_t> places = nonzero_places(values);
  std::vector<double> rest;
  for (const size_t place : places) rest.push_back(std::log(values[place]));
  const double middle = mean(rest);
  for (double& logarithm : rest) logarithm -= middle;
  const Fit fit = fit_scales(rest, places, rows, columns);
  const auto scale = [&](size_t place) {
    return fit.rows.values[place / columns] + fit.columns.values[place % columns];
  };
  for (size_t i = 0; i < places.size(); ++i) rest[i] -= scale(places[i]);
  shuffle_all(rest, random);
  const auto now = swap ? swap_ends(places, values.size(), columns, random) : places;
  for (size_t i = 0; i < now.size(); ++i) rest[i] += scale(now[i]);
  const std::vector<size_t> order = ranked(rest);
  std::vector<double> weights;
  for (const size_t place : places) weights.push_back(values[place]);
  std::sort(weights.begin(), weights.end());
  std::fill(values.begin(), values.end(), 0);
  for (size_t i = 0; i < order.size(); ++i) values[now[order[i]]] = weights[i];
}

void keep_degrees(std::vector<double>& values, size_t columns, RandomStream& random) {
  const Sums before = sums_of(values, columns);
  keep_scales(values, columns, random, true);
  const Scales scales = sinkhorn(values, before.rows, before.columns);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] *= scales.rows[i / columns] * scales.columns[i % columns];
  }
}

}  // namespace modhost_spectral
