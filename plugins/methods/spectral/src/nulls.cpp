#include "nulls.h"

#include <modhost/error.h>
#include <modhost/random.h>
#include <modhost/shuffle.h>

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
constexpr double kMostScale = 1e6;    // where zeros keep sums from being reached, scales grow on

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
  Sums out{std::vector<double>(columns == 0 ? 0 : values.size() / columns, 0),
           std::vector<double>(columns, 0)};
  for (size_t i = 0; i < values.size(); ++i) {
    out.rows[i / columns] += values[i];
    out.columns[i % columns] += values[i];
  }
  return out;
}

void scale(std::vector<double>& values, const Scales& scales) {
  const size_t columns = scales.columns.size();
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] *= scales.rows[i / columns] * scales.columns[i % columns];
  }
}

// Divides out the scales of rows and columns, so that every unit with weights has the same sum of
// them; returns the factors that were multiplied with.
Scales even_out(std::vector<double>& values, size_t columns) {
  Sums even = sums_of(values, columns);
  const auto live = [](const std::vector<double>& sums) {
    return static_cast<double>(
        std::count_if(sums.begin(), sums.end(), [](double sum) { return sum > 0; }));
  };
  const double live_rows = live(even.rows), live_columns = live(even.columns);
  for (double& sum : even.rows) sum = sum > 0 ? live_columns : 0;
  for (double& sum : even.columns) sum = sum > 0 ? live_rows : 0;
  Scales scales = sinkhorn(values, even.rows, even.columns);
  scale(values, scales);
  return scales;
}

void keep_degrees(std::vector<double>& values, size_t columns, RandomStream& random) {
  const Sums before = sums_of(values, columns);
  even_out(values, columns);
  shuffle_all(values, random);
  scale(values, sinkhorn(values, before.rows, before.columns));
}

void keep_scales(std::vector<double>& values, size_t columns, RandomStream& random) {
  Scales scales = even_out(values, columns);
  shuffle_nonzero(values, random);
  for (double& factor : scales.rows) factor = factor > 0 ? 1 / factor : 0;
  for (double& factor : scales.columns) factor = factor > 0 ? 1 / factor : 0;
  scale(values, scales);
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
    std::vector<double> values = values_of(weights);
    const auto columns = static_cast<size_t>(weights.size(1));
    if (model == NullModel::degree) {
      keep_degrees(values, columns, random);
    } else if (model == NullModel::unit_scale) {
      keep_scales(values, columns, random);
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
