#include "activations.h"

#include <modhost/clustering.h>
#include <modhost/error.h>
#include <modhost/random.h>
#include <modhost/unit_activations.h>

#include <algorithm>
#include <map>

#include "nulls.h"
#include "report.h"

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kPermutations = 100;  // of labels, to judge an NMI

Correlation correlation_named(const std::string& name) {
  if (name == "pearson") return Correlation::pearson;
  return name == "kendall" ? Correlation::kendall : Correlation::spearman;
}

// The labels of the units of `graph`, whose groups are some of those of `whole`.
UnitLabels labels_of(const UnitGraph& graph, const UnitGraph& whole, const UnitLabels& labels) {
  std::map<std::string, size_t> positions;
  for (size_t i = 0; i < whole.groups.size(); ++i) positions[whole.groups[i].name] = i;
  const std::vector<int64_t> offsets = whole.offsets();
  UnitLabels out;
  for (const UnitGroup& group : graph.groups) {
    const auto found = positions.find(group.name);
    for (int64_t unit = 0; unit < group.units; ++unit) {
      out.push_back(found == positions.end()
                        ? kNoCluster
                        : labels[static_cast<size_t>(offsets[found->second] + unit)]);
    }
  }
  return out;
}

// How many permutations of the labels agree less than they do.
NullComparison chance_agreement(const UnitLabels& a, const UnitLabels& b, uint64_t seed) {
  std::vector<int64_t> both;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != kNoCluster && b[i] != kNoCluster) both.push_back(static_cast<int64_t>(i));
  }
  std::vector<double> drawn;
  for (int64_t draw = 0; draw < kPermutations; ++draw) {
    const auto order = permutation(static_cast<int64_t>(both.size()),
                                   derive_seed(seed, static_cast<uint64_t>(draw)));
    UnitLabels mixed = a;
    for (size_t i = 0; i < both.size(); ++i) {
      mixed[static_cast<size_t>(both[i])] =
          a[static_cast<size_t>(both[static_cast<size_t>(order[i])])];
    }
    drawn.push_back(normalized_mutual_information(mixed, b, EntropyMean::geometric));
  }
  return compare_with_null(normalized_mutual_information(a, b, EntropyMean::geometric), drawn);
}

}  // namespace

UnitNetwork hidden_units(const ModelBase& model, const SpectralMethodOptions& options) {
  UnitChoice hidden = options.unit_choice();
  hidden.inputs = false;
  hidden.outputs = false;
  return unit_network(model, hidden);
}

PairMeans pair_means(const UnitGraph& graph, const UnitLabels& labels) {
  const std::vector<int64_t> offsets = graph.offsets();
  const std::vector<double> degrees = graph.degrees();
  PairMeans sums;
  int64_t pairs_within = 0, pairs_between = 0;
  for (const UnitBlock& block : graph.blocks) {
    const int64_t rows = block.weights.size(0), columns = block.weights.size(1);
    const auto* weights = block.weights.data_ptr<double>();
    for (int64_t i = 0; i < rows; ++i) {
      const auto to = static_cast<size_t>(offsets[static_cast<size_t>(block.to)] + i);
      for (int64_t j = 0; j < (block.from == block.to ? i : columns); ++j) {
        const auto from = static_cast<size_t>(offsets[static_cast<size_t>(block.from)] + j);
        const bool counts = labels[to] != kNoCluster && labels[from] != kNoCluster &&
                            degrees[to] > 0 && degrees[from] > 0;
        if (!counts) continue;
        double weight = weights[i * columns + j];
        if (block.from == block.to) weight += weights[j * columns + i];
        const bool same = labels[to] == labels[from];
        (same ? sums.within : sums.between) += weight;
        ++(same ? pairs_within : pairs_between);
      }
    }
  }
  return {pairs_within == 0 ? 0 : sums.within / static_cast<double>(pairs_within),
          pairs_between == 0 ? 0 : sums.between / static_cast<double>(pairs_between)};
}

NullTest compare_activations(Experiment& experiment, ModelBase& model,
                             const SpectralMethodOptions& options, const UnitGraph& weights,
                             const Clusterer& clusterer) {
  const UnitNetwork network = hidden_units(model, options);
  ActivationChoice choice;
  choice.samples = options.activation_samples();
  choice.device = experiment.device();
  choice.stop = &experiment.stop();
  const auto samples = experiment.data().all(Split::test);
  const UnitGraph graph =
      correlation_graph(network.groups, unit_activations(model, network, *samples, choice),
                        correlation_named(options.correlation()));
  SpectralOptions how = options.spectral(experiment.seed("activations/clusters"));
  how.clusters = clusterer.clusters();
  how.isolated = Isolated::degree;
  const SpectralClustering found = spectral_clustering(graph, how);

  const uint64_t seed = experiment.seed("nulls/activations");
  const UnitGraph kept = subgraph(graph, kept_units(graph, Isolated::degree));
  const auto draw = [&](int64_t i) {
    const uint64_t own = derive_seed(seed, static_cast<uint64_t>(i));
    SpectralOptions drawn = how;
    drawn.seed = derive_seed(own, "clusters");
    return spectral_clustering(null_pairs(kept, own), drawn).ncut;
  };
  std::vector<double> ncuts =
      parallel_draws(experiment, "nulls/activations", options.shuffles(), draw);

  const UnitLabels by_weights = labels_of(graph, weights, clusterer.own().labels);
  const NullComparison agreement =
      chance_agreement(by_weights, found.labels, experiment.seed("activations/agreement"));
  RunWriter& writer = experiment.writer();
  const std::string path = "activations/";
  writer.scalar(path + "ncut", found.ncut);
  writer.scalar(path + "transfer_ncut", ncut(graph, by_weights));
  writer.scalar(path + "nmi",
                normalized_mutual_information(by_weights, found.labels, EntropyMean::geometric));
  writer.scalar(path + "nmi_p", agreement.p_above_tied);
  writer.scalar(path + "ari", adjusted_rand_index(by_weights, found.labels));
  const PairMeans own = pair_means(graph, found.labels), other = pair_means(graph, by_weights);
  writer.scalar(path + "r2_within", own.within);
  writer.scalar(path + "r2_between", own.between);
  writer.scalar(path + "r2_within_weights", other.within);
  writer.scalar(path + "r2_between_weights", other.between);
  writer.scalar(path + "entropy", label_entropy(found.labels));
  writer.scalar(path + "entropy_weights", label_entropy(by_weights));
  write_labels(writer, "activation_labels", graph.groups, found.labels);
  return {"activations", found.ncut, std::move(ncuts)};
}

}  // namespace modhost_spectral
