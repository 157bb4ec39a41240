#include "clusterer.h"

#include <modhost/error.h>
#include <modhost/unit_network.h>

#include <algorithm>
#include <set>

#include "alignment.h"

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

Clusters of_whole(const UnitGraph& graph, const SpectralOptions& options) {
  SpectralClustering found = spectral_clustering(graph, options);
  return {std::move(found.labels), found.ncut, std::move(found.eigenvalues), 0};
}

int64_t kept_count(const UnitGraph& graph, Isolated isolated) {
  const std::vector<bool> kept = kept_units(graph, isolated);
  return std::count(kept.begin(), kept.end(), true);
}

int64_t by_eigengap(const UnitGraph& graph, SpectralOptions options, int64_t most) {
  options.clusters = std::min(most, kept_count(graph, options.isolated) - 1);
  check(options.clusters >= 2, ErrorCode::config,
        "option 'method.clusters' is 0, and the graph has too few units with edges to choose");
  const auto found = spectral_embedding(graph, options);
  return std::max<int64_t>(2, eigengap_clusters(found.eigenvalues, options.clusters));
}

// How many clusters the labelled groups of a local graph have in the whole network; two at least.
int64_t seen_clusters(const UnitGraph& graph, const LocalGraph& local, const UnitLabels& labels) {
  const std::vector<int64_t> offsets = graph.offsets();
  std::set<int64_t> seen;
  for (const int64_t group : local.labels) {
    for (int64_t unit = offsets[static_cast<size_t>(group)];
         unit < offsets[static_cast<size_t>(group) + 1]; ++unit) {
      const int64_t label = labels[static_cast<size_t>(unit)];
      if (label != kNoCluster) seen.insert(label);
    }
  }
  return std::max<int64_t>(2, static_cast<int64_t>(seen.size()));
}

// Labels of one layer have nothing to do with those of another.
void keep_apart(std::vector<UnitLabels>& labels) {
  int64_t first = 0;
  for (UnitLabels& part : labels) {
    int64_t next = first;
    for (int64_t& label : part) {
      if (label == kNoCluster) continue;
      label += first;
      next = std::max(next, label + 1);
    }
    first = next;
  }
}

// The clusters of each unit of the whole graph from the part that has its layer in the middle.
UnitLabels labels_of_middles(const UnitGraph& graph, const std::vector<LocalGraph>& parts,
                             const std::vector<UnitLabels>& labels) {
  const std::vector<int64_t> offsets = graph.offsets();
  UnitLabels out(static_cast<size_t>(graph.units()), kNoCluster);
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::vector<int64_t> places = parts[i].graph.offsets();
    for (size_t at = 0; at < parts[i].groups.size(); ++at) {
      const int64_t group = parts[i].groups[at];
      const auto& read = parts[i].labels;
      if (std::find(read.begin(), read.end(), group) == read.end()) continue;
      std::copy(labels[i].begin() + places[at], labels[i].begin() + places[at + 1],
                out.begin() + offsets[static_cast<size_t>(group)]);
    }
  }
  return out;
}

}  // namespace

Clusterer::Clusterer(const SpectralMethodOptions& options, const UnitGraph& graph, uint64_t seed)
    : options_(options.spectral(seed)), commute_(options.commute()), aligned_(options.align()) {
  const UnitGraph seen = commute_ ? inverse_commute_graph(graph) : graph;
  if (options_.clusters == 0) {
    options_.clusters = by_eigengap(seen, options_, options.most_clusters());
  }
  own_ = of_whole(seen, options_);
  tested_ncut_ = own_.ncut;
  if (options.local() == "none") {
    if (options.refine() != "clusters") return;
    own_.labels = refine_ncut(seen, std::move(own_.labels));
    own_.ncut = ncut(seen, own_.labels);
    return;
  }
  for (const LocalGraph& part : local_graphs(graph)) {
    local_clusters_.push_back(options.local() == "same" ? options_.clusters
                                                        : seen_clusters(graph, part, own_.labels));
  }
  own_ = local(graph, options_, aligned_);
  tested_ncut_ = own_.ncut;
}

Clusters Clusterer::operator()(const UnitGraph& graph, uint64_t seed) const {
  SpectralOptions options = options_;
  options.seed = seed;
  if (!local_clusters_.empty()) return local(graph, options, false);
  return of_whole(commute_ ? inverse_commute_graph(graph) : graph, options);
}

Clusters Clusterer::local(const UnitGraph& graph, const SpectralOptions& options,
                          bool align) const {
  const std::vector<LocalGraph> parts = local_graphs(graph);
  std::vector<UnitLabels> labels;
  Clusters out;
  for (size_t i = 0; i < parts.size(); ++i) {
    SpectralOptions own = options;
    own.clusters = std::min(local_clusters_.at(i), kept_count(parts[i].graph, options.isolated));
    Clusters found = of_whole(parts[i].graph, own);
    out.ncut += found.ncut / static_cast<double>(parts.size());
    labels.push_back(std::move(found.labels));
  }
  if (align) {
    out.agreement = align_labels(parts, labels);
  } else {
    keep_apart(labels);
  }
  out.labels = labels_of_middles(graph, parts, labels);
  return out;
}

}  // namespace modhost_spectral
