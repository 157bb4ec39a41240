#include "nulls.h"

#include <modhost/error.h>

#include <cmath>
#include <map>

#include "kept_scales.h"
#include "shuffled_values.h"

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr double kBandwidth = 0.01;  // of the smoothed distribution of weights

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
