#include "graph_facts.h"
#include "modhost/spectral.h"
#include "ncut_parts.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr double kLeastGain = 1e-12;  // more than rounding makes of nothing
constexpr int kMostRounds = 1000;

struct Edge {
  int64_t to;
  double weight;
};

// Edges between labelled units, from both ends.
std::vector<std::vector<Edge>> edges_of_units(const UnitGraph& graph, const UnitLabels& labels) {
  const std::vector<int64_t> first = graph.offsets();
  std::vector<std::vector<Edge>> out(labels.size());
  for (const UnitBlock& block : graph.blocks) {
    const detail::EdgeBlock edges = detail::edges_of(block);
    for (int64_t i = 0; i < edges.rows; ++i) {
      for (int64_t j = 0; j < edges.columns; ++j) {
        const double weight = edges.values[i * edges.columns + j];
        const int64_t a = first[block.to] + i, b = first[block.from] + j;
        if (weight <= 0 || a == b || labels[a] < 0 || labels[b] < 0) continue;
        out[a].push_back({b, weight});
        out[b].push_back({a, weight});
      }
    }
  }
  return out;
}

struct Cluster {
  double cut = 0, volume = 0;
  int64_t units = 0;

  double share() const { return volume > 0 ? cut / volume : 0; }
};

class Refinement {
 public:
  Refinement(const UnitGraph& graph, UnitLabels labels, size_t clusters)
      : labels_(std::move(labels)), edges_(edges_of_units(graph, labels_)), clusters_(clusters) {
    links_.resize(labels_.size() * clusters_.size());
    degrees_.resize(labels_.size());
    for (size_t unit = 0; unit < labels_.size(); ++unit) {
      if (labels_[unit] >= 0) count(unit);
    }
  }

  UnitLabels result() {
    for (int round = 0; round < kMostRounds; ++round) {
      bool moved = false;
      for (size_t unit = 0; unit < labels_.size(); ++unit) {
        if (labels_[unit] >= 0) moved = improve(unit) || moved;
      }
      if (!moved) break;
    }
    return std::move(labels_);
  }

 private:
  double& link(size_t unit, int64_t cluster) { return links_[unit * clusters_.size() + cluster]; }

  void count(size_t unit) {
    for (const Edge& edge : edges_[unit]) {
      link(unit, labels_[edge.to]) += edge.weight;
      degrees_[unit] += edge.weight;
    }
    Cluster& own = clusters_[labels_[unit]];
    own.cut += degrees_[unit] - link(unit, labels_[unit]);
    own.volume += degrees_[unit];
    ++own.units;
  }

  Cluster without(size_t unit) {
    const int64_t label = labels_[unit];
    Cluster out = clusters_[label];
    out.cut += 2 * link(unit, label) - degrees_[unit];
    out.volume -= degrees_[unit];
    --out.units;
    return out;
  }

  Cluster with(size_t unit, int64_t label) {
    Cluster out = clusters_[label];
    out.cut += degrees_[unit] - 2 * link(unit, label);
    out.volume += degrees_[unit];
    ++out.units;
    return out;
  }

  // Moves the unit to where the n-cut falls most.
  bool improve(size_t unit) {
    const int64_t from = labels_[unit];
    if (clusters_[from].units == 1) return false;
    const Cluster rest = without(unit);
    const double freed = clusters_[from].share() - rest.share();
    double most = kLeastGain;
    int64_t best = from;
    for (int64_t to = 0; to < static_cast<int64_t>(clusters_.size()); ++to) {
      if (to == from || clusters_[to].units == 0) continue;
      const double gain = freed + clusters_[to].share() - with(unit, to).share();
      if (gain > most) {
        most = gain;
        best = to;
      }
    }
    if (best == from) return false;
    clusters_[best] = with(unit, best);
    clusters_[from] = rest;
    labels_[unit] = best;
    for (const Edge& edge : edges_[unit]) {
      link(static_cast<size_t>(edge.to), from) -= edge.weight;
      link(static_cast<size_t>(edge.to), best) += edge.weight;
    }
    return true;
  }

  UnitLabels labels_;
  std::vector<std::vector<Edge>> edges_;
  std::vector<Cluster> clusters_;
  std::vector<double> links_;  // [units, clusters], the weight of the edges into each
  std::vector<double> degrees_;
};

}  // namespace

UnitLabels refine_ncut(const UnitGraph& graph, UnitLabels labels) {
  detail::check_graph(graph);
  const std::vector<int64_t> clusters = detail::clusters_of(graph, labels);
  UnitLabels out =
      Refinement(graph, detail::positions_of(labels, clusters), clusters.size()).result();
  for (int64_t& label : out) label = label == kNoCluster ? kNoCluster : clusters[label];
  return out;
}

}  // namespace v1
}  // namespace modhost
