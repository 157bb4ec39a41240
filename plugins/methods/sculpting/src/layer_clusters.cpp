#include "layer_clusters.h"

#include <modhost/clustering.h>

#include <cmath>
#include <map>
#include <numeric>

#include "separability.h"

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr double kNoMetric = 10000;  // of two units, as published
constexpr double kDecimals = 1e8;

std::vector<int64_t> by_appearance(const std::vector<int64_t>& labels) {
  std::map<int64_t, int64_t> names;
  std::vector<int64_t> out;
  for (const int64_t label : labels) {
    out.push_back(names.emplace(label, static_cast<int64_t>(names.size())).first->second);
  }
  return out;
}

}  // namespace

double modularity_metric(const std::vector<double>& distances, const std::vector<int64_t>& labels) {
  const size_t n = labels.size();
  const double total = std::accumulate(distances.begin(), distances.end(), 0.0);
  const double scale = total == 0 ? 1 : total;
  std::map<int64_t, double> inside, all;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      const double share = distances[i * n + j] / scale;
      all[labels[i]] += share;
      if (labels[i] == labels[j]) inside[labels[i]] += share;
    }
  }
  double out = 0;
  for (const auto& [label, sum] : all) out += inside[label] - sum * sum;
  return std::nearbyint(out * kDecimals) / kDecimals;
}

LayerChoice clusters_of(const Features& features, size_t nearby, const LayerRule& rule) {
  const auto units = static_cast<int64_t>(features.units());
  LayerChoice out;
  out.labels.assign(features.units(), 0);
  if (units < 2) return out;
  const std::vector<double> distances = features.cosine_distances();
  const Linkage linkage(distances);
  double best = kNoMetric;
  out.clusters = 2;
  for (int64_t k = 2; k < units; ++k) {
    out.metrics.push_back(modularity_metric(distances, linkage.labels(k)));
    if (out.metrics.back() > best) continue;
    best = out.metrics.back();
    out.clusters = k;
  }
  if (out.clusters == 2 || out.clusters == units - 1 || best > -rule.metric_threshold) {
    out.asked = true;
    out.test = separability(features, nearby);
    out.clusters = out.test.value_or(out.clusters);
  }
  if (out.clusters > 1) out.labels = by_appearance(linkage.labels(out.clusters));
  return out;
}

}  // namespace modhost_sculpting
