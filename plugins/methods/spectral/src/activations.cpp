#include "activations.h"

#include <modhost/clustering.h>
#include <modhost/error.h>
#include <modhost/random.h>
#include <modhost/unit_activations.h>

#include <algorithm>
#include <set>

#include "agreement.h"
#include "nulls.h"
#include "report.h"

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

Correlation correlation_named(const std::string& name) {
  if (name == "pearson") return Correlation::pearson;
  return name == "kendall" ? Correlation::kendall : Correlation::spearman;
}

// One graph of correlations and the number of its clusters: all hidden units, or one layer.
struct Piece {
  UnitGraph graph;    // of all its units
  int64_t first = 0;  // where they start among all hidden units
  SpectralOptions how;
};

// The mean n-cut; every piece that has fewer units with edges than clusters gets one for each.
double cluster(const std::vector<Piece>& pieces, UnitLabels& labels) {
  double sum = 0;
  int64_t next = 0;
  for (const Piece& piece : pieces) {
    const SpectralClustering found = spectral_clustering(piece.graph, piece.how);
    sum += found.ncut;
    for (size_t unit = 0; unit < found.labels.size(); ++unit) {
      const int64_t label = found.labels[unit];
      labels[static_cast<size_t>(piece.first) + unit] =
          label == kNoCluster ? kNoCluster : next + label;
    }
    next += piece.how.clusters;
  }
  return pieces.empty() ? 0 : sum / static_cast<double>(pieces.size());
}

// The layers of a graph; `labels` are clusters of all units, which tell how many each has.
std::vector<Piece> layers_of(const UnitGraph& graph, const UnitLabels& labels, bool same,
                             const SpectralOptions& how) {
  const std::vector<int64_t> offsets = graph.offsets();
  std::vector<Piece> out;
  for (size_t group = 0; group < graph.groups.size(); ++group) {
    Piece piece{group_graph(graph, static_cast<int64_t>(group)), offsets[group], how};
    const std::vector<bool> kept = kept_units(piece.graph, Isolated::degree);
    const int64_t units = std::count(kept.begin(), kept.end(), true);
    const std::set<int64_t> seen(labels.begin() + offsets[group],
                                 labels.begin() + offsets[group + 1]);
    const auto found = static_cast<int64_t>(seen.size() - seen.count(kNoCluster));
    piece.how.clusters = std::min(units, same ? how.clusters : std::max<int64_t>(2, found));
    if (units >= 2) out.push_back(std::move(piece));
  }
  return out;
}

// The mean n-cut of the pieces after the correlations of each have changed places.
double shuffled_ncut(const std::vector<Piece>& pieces, uint64_t seed) {
  double sum = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const uint64_t own = pieces.size() == 1 ? seed : derive_seed(seed, i);
    SpectralOptions how = pieces[i].how;
    how.seed = derive_seed(own, "clusters");
    const UnitGraph kept = subgraph(pieces[i].graph, kept_units(pieces[i].graph, how.isolated));
    sum += spectral_clustering(null_pairs(kept, own), how).ncut;
  }
  return sum / static_cast<double>(pieces.size());
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

UnitGraph group_graph(const UnitGraph& graph, int64_t group) {
  UnitGraph out{{graph.groups[static_cast<size_t>(group)]}, {}};
  for (const UnitBlock& block : graph.blocks) {
    if (block.from == group && block.to == group) out.blocks.push_back({0, 0, block.weights});
  }
  return out;
}

HiddenValues hidden_values(Experiment& experiment, ModelBase& model,
                           const SpectralMethodOptions& options) {
  ActivationChoice choice = options.activation_choice();
  choice.device = experiment.device();
  choice.stop = &experiment.stop();
  HiddenValues out{hidden_units(model, options), {}};
  out.values = unit_activations(model, out.network, *experiment.data().all(Split::test), choice);
  return out;
}

NullTest compare_activations(Experiment& experiment, const HiddenValues& hidden,
                             const SpectralMethodOptions& options, const UnitGraph& weights,
                             const Clusterer& clusterer) {
  const UnitGraph graph = correlation_graph(hidden.network.groups, hidden.values,
                                            correlation_named(options.correlation()));
  SpectralOptions how = options.spectral(experiment.seed("activations/clusters"));
  how.clusters = clusterer.clusters();
  how.isolated = Isolated::degree;
  UnitLabels labels(static_cast<size_t>(graph.units()), kNoCluster);
  std::vector<Piece> pieces = {{graph, 0, how}};
  double own_ncut = cluster(pieces, labels);
  if (options.local() != "none") {
    pieces = layers_of(graph, labels, options.local() == "same", how);
    check(!pieces.empty(), ErrorCode::data,
          "no layer has two units that do something on test samples; nothing can be clustered");
    std::fill(labels.begin(), labels.end(), kNoCluster);
    own_ncut = cluster(pieces, labels);
  }
  const uint64_t seed = experiment.seed("nulls/activations");
  std::vector<double> ncuts =
      parallel_draws(experiment, "nulls/activations", options.shuffles(), [&](int64_t i) {
        return shuffled_ncut(pieces, derive_seed(seed, static_cast<uint64_t>(i)));
      });

  const UnitLabels by_weights = labels_of(graph.groups, weights, clusterer.own().labels);
  RunWriter& writer = experiment.writer();
  const std::string path = "activations/";
  writer.scalar(path + "ncut", own_ncut);
  writer.scalar(path + "transfer_ncut", ncut(graph, by_weights));
  write_agreement(writer, path + "nmi", by_weights, labels,
                  experiment.seed("activations/agreement"));
  writer.scalar(path + "ari", adjusted_rand_index(by_weights, labels));
  const PairMeans own = pair_means(graph, labels), other = pair_means(graph, by_weights);
  writer.scalar(path + "r2_within", own.within);
  writer.scalar(path + "r2_between", own.between);
  writer.scalar(path + "r2_within_weights", other.within);
  writer.scalar(path + "r2_between_weights", other.between);
  writer.scalar(path + "entropy", label_entropy(labels));
  writer.scalar(path + "entropy_weights", label_entropy(by_weights));
  write_labels(writer, "activation_labels", graph.groups, labels);
  return {"activations", own_ncut, std::move(ncuts)};
}

}  // namespace modhost_spectral
