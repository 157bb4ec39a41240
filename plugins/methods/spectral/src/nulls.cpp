#include "nulls.h"

#include <modhost/error.h>
#include <modhost/random.h>
#include <modhost/shuffle.h>
#include <modhost/statistics.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr double kBandwidth = 0.01;   // of the smoothed distribution of weights
constexpr int kMostSweeps = 200;      // of Sinkhorn's iteration
constexpr double kTolerance = 1e-10;  // of a sum, relative
constexpr double kMostScale = 3;      // where zeros keep sums from being reached, scales grow on
constexpr int kFitSweeps = 30;        // of the scales of units; they settle in a few
constexpr double kLeastShare = 1e-3;  // of the variance of scales that may be the units' own

void shuffle_all(std::vector<double>& values, RandomStream& random) {
  const uint64_t seed = random.next();
  shuffle_values(values.data(), static_cast<int64_t>(values.size()),
                 derive_seed(seed, random.next()));
}

std::vector<size_t> nonzero_places(const std::vector<double>& values) {
  std::vector<size_t> out;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0) out.push_back(i);
  }
  return out;
}

void shuffle_nonzero(std::vector<double>& values, RandomStream& random) {
  const std::vector<size_t> places = nonzero_places(values);
  std::vector<double> found;
  found.reserve(places.size());
  for (const size_t place : places) found.push_back(values[place]);
  shuffle_all(found, random);
  for (size_t i = 0; i < places.size(); ++i) values[places[i]] = found[i];
}

// A draw from a kernel estimate: one of the values, moved by the kernel.
void redraw_nonzero(std::vector<double>& values, RandomStream& random) {
  const std::vector<size_t> places = nonzero_places(values);
  std::vector<double> found;
  for (const size_t place : places) found.push_back(values[place]);
  for (const size_t place : places) {
    values[place] = found[random.below(found.size())] + kBandwidth * random.normal();
  }
}

// The null models that know nothing of rows and columns.
void rearrange(std::vector<double>& values, NullModel model, RandomStream& random) {
  if (model == NullModel::all || model == NullModel::all_distribution) shuffle_all(values, random);
  if (model == NullModel::nonzero) shuffle_nonzero(values, random);
  if (model == NullModel::all_distribution || model == NullModel::nonzero_distribution) {
    redraw_nonzero(values, random);
  }
}

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

// One side of log w[i, j] = rows[i] + columns[j] + rest.
struct Effects {
  std::vector<double> values, counts;  // of each unit: its effect, and how many weights it has
  // How many weights of the mean count beside its own: the variance of the rest over that of the
  // effects (a random effect's best linear predictor).
  double shrink = 0;

  double variance() const {
    double sum = 0, units = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      sum += values[i] * values[i] * (counts[i] > 0);
      units += counts[i] > 0;
    }
    return units > 0 ? sum / units : 0;
  }
  // What chance alone adds to variance(), for a rest of variance 1.
  double chance() const {
    double sum = 0, units = 0;
    for (const double count : counts) {
      if (count == 0) continue;
      sum += 1 / count;
      ++units;
    }
    return units > 0 ? sum / units : 0;
  }
};

struct Fit {
  Effects rows, columns;
  double rest_variance = 0;
};

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

// Scales of the units, drawn towards their mean as far as chance makes them differ (otherwise the
// null models would have the network's scales and chance's).
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

// The indices in the order of their values; of equal ones the first comes first.
std::vector<size_t> ranked(const std::vector<double>& values) {
  std::vector<size_t> out(values.size());
  std::iota(out.begin(), out.end(), size_t{0});
  std::stable_sort(out.begin(), out.end(),
                   [&](size_t a, size_t b) { return values[a] < values[b]; });
  return out;
}

// What is left of the weights' logarithms without the scales of their units changes places. The
// sums only say which weight is larger than which; the weights are those that there were, since the
// scales of units with few weights are fitted too well and would make extreme ones.
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

std::vector<double> values_of(const Tensor& tensor) {
  const Tensor plain = tensor.to(torch::kDouble).contiguous();
  const auto* first = plain.data_ptr<double>();
  return {first, first + plain.numel()};
}

Tensor tensor_of(const std::vector<double>& values, const Tensor& like) {
  return torch::tensor(values, torch::kDouble).view(like.sizes()).to(like.scalar_type());
}

Tensor rearranged(const Tensor& tensor, NullModel model, RandomStream& random) {
  std::vector<double> values = values_of(tensor);
  rearrange(values, model, random);
  return tensor_of(values, tensor);
}

// The places of a block that hold pairs of units: below the diagonal within a group.
template <typename Visit>
void for_each_pair(const UnitBlock& block, const Visit& visit) {
  const int64_t rows = block.weights.size(0), columns = block.weights.size(1);
  auto* weights = block.weights.data_ptr<double>();
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < (block.from == block.to ? i : columns); ++j) {
      visit(weights[i * columns + j], block.from == block.to ? &weights[j * columns + i] : nullptr);
    }
  }
}

}  // namespace

NullModel null_named(const std::string& name) {
  static const std::map<std::string, NullModel> names = {
      {"all", NullModel::all},
      {"nonzero", NullModel::nonzero},
      {"nonzero_distribution", NullModel::nonzero_distribution},
      {"all_distribution", NullModel::all_distribution},
      {"degree", NullModel::degree},
      {"unit_scale", NullModel::unit_scale}};
  return names.at(name);
}

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

UnitGraph null_graph(const UnitGraph& graph, NullModel model, uint64_t seed) {
  UnitGraph out = graph;
  for (size_t i = 0; i < out.blocks.size(); ++i) {
    RandomStream random(derive_seed(seed, i));
    Tensor& weights = out.blocks[i].weights;
    if (weights.numel() == 0) continue;  // a layer of which no unit is left
    std::vector<double> values = values_of(weights);
    const auto columns = static_cast<size_t>(weights.size(1));
    if (model == NullModel::degree) {
      keep_degrees(values, columns, random);
    } else if (model == NullModel::unit_scale) {
      keep_scales(values, columns, random, false);
    } else {
      rearrange(values, model, random);
      for (double& value : values) value = std::abs(value);
    }
    weights = tensor_of(values, weights);
  }
  return out;
}

UnitNetwork null_network(const UnitNetwork& network, NullModel model, uint64_t seed) {
  check(model != NullModel::degree && model != NullModel::unit_scale, ErrorCode::config,
        "shuffles that keep degrees or scales of units are about whole kernels",
        "leave out 'method.shuffle_kernels'");
  UnitNetwork out = network;
  for (size_t i = 0; i < out.kernels.size(); ++i) {
    UnitKernel& kernel = out.kernels[i];
    RandomStream random(derive_seed(seed, i));
    kernel.weights = rearranged(kernel.weights, model, random);
    for (UnitScale& scale : kernel.scales) {
      // The same normalisation may stand beside several kernels.
      RandomStream of_scale(derive_seed(seed, scale.parameter));
      scale.gamma = rearranged(scale.gamma, NullModel::all, of_scale);
      scale.variance = rearranged(scale.variance, NullModel::all, of_scale);
    }
  }
  return out;
}

UnitGraph null_pairs(const UnitGraph& graph, uint64_t seed) {
  UnitGraph out = graph;
  std::vector<double> values;
  for (UnitBlock& block : out.blocks) {
    block.weights = block.weights.clone();
    for_each_pair(block, [&](double& weight, const double* mirrored) {
      values.push_back(weight + (mirrored == nullptr ? 0 : *mirrored));
    });
  }
  RandomStream random(seed);
  shuffle_all(values, random);
  size_t next = 0;
  for (UnitBlock& block : out.blocks) {
    for_each_pair(block, [&](double& weight, double* mirrored) {
      weight = values[next++];
      if (mirrored != nullptr) *mirrored = 0;
    });
  }
  return out;
}

}  // namespace modhost_spectral
