// How large the weights of each unit are on the whole: a model of one layer's weights.
#pragma once

#include <cstddef>
#include <vector>

namespace modhost_spectral {

// One side of log w[i, j] = rows[i] + columns[j] + rest.
struct Effects {
  std::vector<double> values, counts;  // of each unit: its effect, and how many weights it has
  // How many weights of the mean count beside its own: the variance of the rest over that of the
  // effects (a random effect's best linear predictor).
  double shrink = 0;

  double variance() const;
  // What chance alone adds to variance(), for a rest of variance 1.
  double chance() const;
};

struct Fit {
  Effects rows, columns;
  double rest_variance = 0;
};

// Scales of the units of a layer [rows, columns] from the logarithms of the weights at `places`,
// drawn towards their mean as far as chance makes them differ (otherwise the null models would have
// the network's scales and chance's).
Fit fit_scales(const std::vector<double>& logs, const std::vector<size_t>& places, size_t rows,
               size_t columns);

}  // namespace modhost_spectral
