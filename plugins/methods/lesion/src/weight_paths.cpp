#include "weight_paths.h"

#include <algorithm>
#include <limits>
#include <map>

#include "unit_weights.h"

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// [sub-clusters, units of the group]: 1 for its units.
Tensor members_of(const LayerClusters& layer, int64_t units) {
  Tensor out =
      torch::zeros({static_cast<int64_t>(layer.sub_clusters.size()), units}, torch::kDouble);
  for (size_t i = 0; i < layer.sub_clusters.size(); ++i) {
    for (const int64_t unit : layer.sub_clusters[i].units) {
      out[static_cast<int64_t>(i)][unit] = 1;
    }
  }
  return out;
}

// (from layer, to layer) -> [sub-clusters from, sub-clusters to]
using Edges = std::map<std::pair<size_t, size_t>, Tensor>;

Edges edges_of(const ModelBase& model, const UnitNetwork& network,
               const std::vector<LayerClusters>& layers, bool mean) {
  Edges sums, counts;
  std::map<int64_t, size_t> layer_of;
  std::vector<Tensor> members;
  for (size_t i = 0; i < layers.size(); ++i) {
    layer_of[layers[i].group] = i;
    members.push_back(
        members_of(layers[i], network.groups.at(static_cast<size_t>(layers[i].group)).units));
  }
  for (const UnitKernel& kernel : network.kernels) {
    const auto from = layer_of.find(kernel.from), to = layer_of.find(kernel.to);
    if (from == layer_of.end() || to == layer_of.end() || from->second >= to->second) continue;
    const auto summed = [&](const Tensor& pairs) {  // [units to, units from]
      return members[from->second].mm(pairs.t()).mm(members[to->second].t());
    };
    const auto add = [&](Edges& edges, const Tensor& more) {
      Tensor& own = edges[{from->second, to->second}];
      own = own.defined() ? own + more : more;
    };
    add(sums, summed(kernel.weights.to(torch::kDouble).abs().sum(2)));
    if (mean) add(counts, summed(tap_counts(model, kernel)));
  }
  for (auto& [pair, count] : counts) sums[pair] = sums[pair] / count.clamp_min(1);
  return sums;
}

// All paths, from the last layer back.
Edges scores_of(const Edges& edges, size_t layers) {
  Edges scores;
  for (size_t x = layers; x-- > 0;) {
    for (size_t y = x + 1; y < layers; ++y) {
      Tensor score;
      const auto add = [&](const Tensor& more) { score = score.defined() ? score + more : more; };
      const auto direct = edges.find({x, y});
      if (direct != edges.end()) add(direct->second);
      for (size_t m = x + 1; m < y; ++m) {
        const auto first = edges.find({x, m});
        const auto rest = scores.find({m, y});
        if (first != edges.end() && rest != scores.end()) add(first->second.mm(rest->second));
      }
      if (score.defined()) scores[{x, y}] = score;
    }
  }
  return scores;
}

}  // namespace

std::vector<WeightPath> weight_paths(const ModelBase& model, const UnitNetwork& network,
                                     const std::vector<LayerClusters>& layers, bool mean) {
  const Edges edges = edges_of(model, network, layers, mean);
  std::vector<WeightPath> out;
  for (const auto& [pair, score] : scores_of(edges, layers.size())) {
    const auto direct = edges.find(pair);
    const double largest = score.max().item<double>();
    for (int64_t x = 0; x < score.size(0); ++x) {
      for (int64_t y = 0; y < score.size(1); ++y) {
        const double own = score[x][y].item<double>();
        out.push_back({pair.first, static_cast<size_t>(x), pair.second, static_cast<size_t>(y),
                       direct == edges.end() ? 0 : direct->second[x][y].item<double>(), own,
                       largest > 0 ? own / largest : 0});
      }
    }
  }
  return out;
}

double Agreement::share() const {
  const int64_t all = both + only_lesions + only_paths + neither;
  return all == 0 ? 0 : static_cast<double>(both + neither) / static_cast<double>(all);
}

Agreement agreement(const std::vector<Judged>& pairs, double threshold) {
  Agreement out;
  double larger = 0, compared = 0;
  for (const Judged& pair : pairs) {
    const bool path = pair.normalised >= threshold;
    ++(pair.dependency ? (path ? out.both : out.only_lesions)
                       : (path ? out.only_paths : out.neither));
    if (!pair.dependency) continue;
    for (const Judged& other : pairs) {
      if (other.dependency) continue;
      compared += 1;
      larger += pair.normalised > other.normalised    ? 1
                : pair.normalised == other.normalised ? 0.5
                                                      : 0;
    }
  }
  out.ranking = compared > 0 ? larger / compared : std::numeric_limits<double>::quiet_NaN();
  return out;
}

}  // namespace modhost_lesion
