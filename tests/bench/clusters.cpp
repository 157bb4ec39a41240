// Spectral clustering of whole networks with a shuffle test, as Filan et al. 2021 do it: each
// clustering is a graph from weights, eigenvectors, 25 k-means restarts and the n-cut.
#include <ATen/ops/empty.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include "benchmarks.h"
#include "measure.h"
#include "modhost/random.h"
#include "modhost/shuffle.h"
#include "modhost/spectral.h"
#include "modhost/statistics.h"

namespace modhost::bench {
namespace {

constexpr int64_t kClusters = 4;

// One layer's weights [out, in, kernel] and, perhaps, the scale and variance of its batch norm.
struct LayerWeights {
  int64_t out, in, kernel;
  std::vector<double> values, scale, variance;
};
using Weights = std::vector<LayerWeights>;

struct ClusterNet {
  const char* name;
  std::vector<int64_t> widths;
  int64_t kernel;
  double pruned;  // share of the smallest weights of each layer that are 0
  bool batch_norm;
};

Weights random_weights(const ClusterNet& net, uint64_t seed) {
  RandomStream random(seed);
  Weights out;
  for (size_t l = 0; l + 1 < net.widths.size(); ++l) {
    LayerWeights layer{net.widths[l + 1], net.widths[l], net.kernel, {}, {}, {}};
    layer.values.resize(static_cast<size_t>(layer.out * layer.in * layer.kernel));
    const double deviation = std::sqrt(2.0 / static_cast<double>(layer.in * layer.kernel));
    for (double& value : layer.values) value = deviation * random.normal();
    if (net.pruned > 0) {
      std::vector<double> sizes(layer.values);
      for (double& size : sizes) size = std::abs(size);
      const auto middle =
          sizes.begin() + static_cast<int64_t>(net.pruned * static_cast<double>(sizes.size()));
      std::nth_element(sizes.begin(), middle, sizes.end());
      for (double& value : layer.values) value = std::abs(value) < *middle ? 0 : value;
    }
    for (int64_t c = 0; net.batch_norm && c < layer.out; ++c) {
      layer.scale.push_back(0.5 + random.uniform());
      layer.variance.push_back(0.5 + random.uniform());
    }
    out.push_back(std::move(layer));
  }
  return out;
}

// The edges [out, in] of a layer: sums of absolute values of kernels. Each unit's incoming weights
// get length 1, and the next layer the factor: `incoming` becomes what this layer leaves to the
// next.
Tensor edges_of(const LayerWeights& layer, bool last, std::vector<double>& incoming) {
  Tensor out = torch::empty({layer.out, layer.in}, torch::kDouble);
  auto* edges = out.data_ptr<double>();
  const double* weight = layer.values.data();
  std::vector<double> lengths(static_cast<size_t>(layer.out), 1);
  for (int64_t o = 0; o < layer.out; ++o, edges += layer.in) {
    double squares = 0;
    for (int64_t i = 0; i < layer.in; ++i, weight += layer.kernel) {
      double sum = 0, square = 0;
      for (int64_t k = 0; k < layer.kernel; ++k) {
        sum += std::abs(weight[k]);
        square += weight[k] * weight[k];
      }
      edges[i] = sum * incoming[i];
      squares += square * incoming[i] * incoming[i];
    }
    const double norm =
        layer.scale.empty() ? 1 : std::abs(layer.scale[o]) / std::sqrt(layer.variance[o] + 1e-5);
    if (!last) lengths[o] = norm * std::sqrt(squares) + 1e-5;
    const double factor = norm / lengths[o];
    for (int64_t i = 0; i < layer.in; ++i) edges[i] *= factor;
  }
  incoming = std::move(lengths);
  return out;
}

UnitGraph graph_of(const Weights& weights) {
  UnitGraph out;
  out.groups.push_back({"0", weights.front().in});
  std::vector<double> incoming(static_cast<size_t>(weights.front().in), 1);
  for (size_t l = 0; l < weights.size(); ++l) {
    out.groups.push_back({std::to_string(l + 1), weights[l].out});
    out.blocks.push_back({static_cast<int64_t>(l), static_cast<int64_t>(l) + 1,
                          edges_of(weights[l], l + 1 == weights.size(), incoming)});
  }
  return out;
}

void shuffle_layer(LayerWeights& layer, uint64_t seed) {
  int part = 0;
  for (std::vector<double>* values : {&layer.values, &layer.scale, &layer.variance}) {
    shuffle_values(values->data(), static_cast<int64_t>(values->size()),
                   derive_seed(seed, static_cast<uint64_t>(part++)));
  }
}

struct Clustering {
  double ncut = 0, seconds = 0, graph_seconds = 0;  // of this thread
};

Clustering cluster(const Weights& weights, uint64_t seed, bool shuffled) {
  const double start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
  Weights own;
  if (shuffled) {
    own = weights;
    for (size_t l = 0; l < own.size(); ++l) shuffle_layer(own[l], derive_seed(seed, l));
  }
  const UnitGraph graph = graph_of(shuffled ? own : weights);
  const double made = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
  SpectralOptions options;
  options.clusters = kClusters;
  options.seed = seed;
  options.isolated = Isolated::component;
  Clustering out;
  out.ncut = spectral_clustering(graph, options).ncut;
  out.graph_seconds = made - start;
  out.seconds = clock_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
  return out;
}

// The true clustering, then the shuffled ones, by as many threads.
std::vector<Clustering> cluster_all(const Weights& weights, int64_t shuffles, int threads) {
  std::vector<Clustering> out(static_cast<size_t>(shuffles) + 1);
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < out.size(); i = next++) {
      out[i] = cluster(weights, 1000 + i, i > 0);
    }
  };
  std::vector<std::thread> helpers;
  for (int i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  return out;
}

std::vector<double> column(const std::vector<Clustering>& from, double Clustering::*member) {
  std::vector<double> out;
  for (const Clustering& one : from) out.push_back(one.*member);
  return out;
}

Records run(const ClusterNet& net, const Settings& settings) {
  ClusterNet sized = net;
  if (settings.tiny) {
    for (int64_t& width : sized.widths) width = std::max<int64_t>(width / 8, 5);
  }
  const int64_t shuffles = settings.repeats > 0 ? settings.repeats : settings.tiny ? 5 : 50;
  const Weights weights = random_weights(sized, 1);
  cluster(weights, 0, false);  // warms up
  std::vector<Clustering> all;
  const Seconds total = timed([&] { all = cluster_all(weights, shuffles, settings.threads); });
  const std::vector<double> cpu = column(all, &Clustering::seconds);
  const std::vector<double> cuts = column({all.begin() + 1, all.end()}, &Clustering::ncut);
  const auto below =
      std::count_if(cuts.begin(), cuts.end(), [&](double cut) { return cut < all[0].ncut; });
  Json out = begin_record(net.name, settings);
  out["per"] = "clustering";
  out["cpu_s"] = median(cpu);
  out["cpu_min"] = *std::min_element(cpu.begin(), cpu.end());
  out["cpu_max"] = *std::max_element(cpu.begin(), cpu.end());
  out["true_cpu_s"] = all[0].seconds;
  out["graph_cpu_s"] = median(column(all, &Clustering::graph_seconds));
  out["total_cpu_s"] = total.cpu;
  out["total_wall_s"] = total.wall;
  out["k"] = kClusters;
  out["shuffles"] = shuffles;
  out["ncut"] = all[0].ncut;
  out["shuffled_mean"] = mean(cuts);
  out["shuffled_sd"] = deviation(cuts);
  out["p"] = static_cast<double>(below + 1) / static_cast<double>(shuffles + 1);
  return {out};
}

}  // namespace

std::vector<Benchmark> cluster_benchmarks() {
  static const std::vector<ClusterNet> nets = {
      {"cluster/mlp-dense", {784, 256, 256, 256, 10}, 1, 0, false},
      {"cluster/mlp-pruned90", {784, 256, 256, 256, 10}, 1, 0.9, false},
      {"cluster/cnn", {64, 128, 128, 256}, 9, 0, true}};
  std::vector<Benchmark> out;
  for (const ClusterNet& net : nets) {
    out.push_back({net.name, [&net](const Settings& settings) { return run(net, settings); }});
  }
  return out;
}

}  // namespace modhost::bench
