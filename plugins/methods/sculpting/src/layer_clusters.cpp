#include "layer_clusters.h"

#include <modhost/clustering.h>

#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr double kNoMetric = 10000;  // of two units, as published
constexpr double kDecimals = 1e8;

double rounded(double value) { return std::nearbyint(value * kDecimals) / kDecimals; }

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
  return rounded(out);
}

namespace {

// Two clusters of `parts` are one in `wholes`, which has one cluster less: their places in
// `parts`. Clusters are lists of units.
std::pair<size_t, size_t> joined_pair(const std::vector<std::vector<size_t>>& parts,
                                      const std::vector<int64_t>& wholes) {
  std::vector<size_t> seen(parts.size(), parts.size());
  for (size_t part = 0; part < parts.size(); ++part) {
    size_t& first = seen[static_cast<size_t>(wholes[parts[part].front()])];
    if (first < parts.size()) return {first, part};
    first = part;
  }
  return {0, parts.size() - 1};  // not reached: labels are 0 .. parts.size() - 2
}

// Clusters that are joined two by two, and what they have of a graph of distances.
class Joining {
 public:
  Joining(const std::vector<double>& distances, size_t n) : n_(n), shares_(distances) {
    const double total = std::accumulate(distances.begin(), distances.end(), 0.0);
    for (double& share : shares_) share /= total == 0 ? 1 : total;
    inside_.assign(n, 0);
    for (size_t i = 0; i < n; ++i) {
      const auto row = shares_.begin() + static_cast<std::ptrdiff_t>(i * n);
      all_.push_back(std::accumulate(row, row + static_cast<std::ptrdiff_t>(n), 0.0));
      inside_[i] = shares_[i * n + i];
      members_.push_back({i});
    }
  }

  void join(const std::vector<int64_t>& wholes) {
    const auto [a, b] = joined_pair(members_, wholes);
    double between = 0;
    for (const size_t i : members_[a]) {
      for (const size_t j : members_[b]) between += shares_[i * n_ + j];
    }
    inside_[a] += inside_[b] + 2 * between;
    all_[a] += all_[b];
    members_[a].insert(members_[a].end(), members_[b].begin(), members_[b].end());
    const auto at = static_cast<std::ptrdiff_t>(b);
    inside_.erase(inside_.begin() + at);
    all_.erase(all_.begin() + at);
    members_.erase(members_.begin() + at);
  }

  double metric() const {
    double out = 0;
    for (size_t c = 0; c < all_.size(); ++c) out += inside_[c] - all_[c] * all_[c];
    return rounded(out);
  }

 private:
  size_t n_;
  std::vector<double> shares_, inside_, all_;
  std::vector<std::vector<size_t>> members_;
};

double worth(Criterion criterion, const std::vector<double>& distances,
             const std::vector<double>& points, const std::vector<int64_t>& labels) {
  const auto count = static_cast<int64_t>(labels.size());
  const PointsView view{points.data(), count, static_cast<int64_t>(points.size()) / count};
  if (criterion == Criterion::silhouette) return -silhouette(distances, labels);
  return criterion == Criterion::calinski_harabasz ? -calinski_harabasz(view, labels)
                                                   : davies_bouldin(view, labels);
}

std::vector<double> metrics_of(const Features& features, const std::vector<double>& distances,
                               const Linkage& linkage, Criterion criterion) {
  if (criterion == Criterion::modularity) {
    return modularity_metrics(distances, linkage, features.units());
  }
  std::vector<double> out;
  const std::vector<double> points =
      criterion == Criterion::silhouette ? std::vector<double>() : features.points();
  for (int64_t k = 2; k < static_cast<int64_t>(features.units()); ++k) {
    out.push_back(rounded(worth(criterion, distances, points, linkage.labels(k))));
  }
  return out;
}

}  // namespace

Criterion criterion_named(const std::string& name) {
  if (name == "silhouette") return Criterion::silhouette;
  if (name == "calinski_harabasz") return Criterion::calinski_harabasz;
  return name == "davies_bouldin" ? Criterion::davies_bouldin : Criterion::modularity;
}

std::vector<double> modularity_metrics(const std::vector<double>& distances, const Linkage& linkage,
                                       size_t n) {
  std::vector<double> out(n < 3 ? 0 : n - 2);
  Joining clusters(distances, n);
  for (size_t at = out.size(); at-- > 0;) {
    clusters.join(linkage.labels(static_cast<int64_t>(at) + 2));
    out[at] = clusters.metric();
  }
  return out;
}

LayerChoice clusters_of(const Features& features, size_t nearby, const LayerRule& rule) {
  const auto units = static_cast<int64_t>(features.units());
  LayerChoice out;
  out.labels.assign(features.units(), 0);
  if (units < 2) {
    out.clusters = units;
    return out;
  }
  const std::vector<double> distances = features.distances(rule.linkage.distance);
  const Linkage linkage(distances, rule.linkage.kind);
  out.metrics = metrics_of(features, distances, linkage, rule.criterion);
  double best = kNoMetric;
  out.clusters = 2;
  for (size_t i = 0; i < out.metrics.size(); ++i) {
    if (out.metrics[i] > best) continue;
    best = out.metrics[i];
    out.clusters = static_cast<int64_t>(i) + 2;
  }
  if (out.clusters == 2 || out.clusters == units - 1 || best > -rule.metric_threshold) {
    out.asked = true;
    out.test = separability(features, nearby, rule.linkage, linkage);
    out.clusters = out.test.value_or(out.clusters);
  }
  if (out.clusters > 1) out.labels = by_appearance(linkage.labels(out.clusters));
  return out;
}

}  // namespace modhost_sculpting
