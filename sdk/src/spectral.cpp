#include "modhost/spectral.h"

#include <algorithm>

#include "modhost/clustering.h"
#include "modhost/error.h"
#include "modhost/random.h"
#include "ncut_parts.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr int64_t kManyUnits = 2000;

UnitLabels spread(const std::vector<bool>& kept, const std::vector<int64_t>& labels) {
  UnitLabels out(kept.size(), kNoCluster);
  size_t next = 0;
  for (size_t i = 0; i < kept.size(); ++i) {
    if (kept[i]) out[i] = labels[next++];
  }
  return out;
}

}  // namespace

SpectralClustering spectral_clustering(const UnitGraph& graph, const SpectralOptions& options) {
  SpectralEmbedding embedding = spectral_embedding(graph, options);
  const auto count = std::count(embedding.kept.begin(), embedding.kept.end(), true);
  KMeansOptions k_means_options;
  k_means_options.clusters = options.clusters;
  k_means_options.restarts = options.restarts > 0  ? options.restarts
                             : count <= kManyUnits ? 25
                                                   : 100;
  k_means_options.seed = derive_seed(options.seed, "k-means");
  const KMeans found = k_means({embedding.points.data(), count, options.clusters}, k_means_options);
  SpectralClustering out;
  out.labels = spread(embedding.kept, found.labels);
  if (options.refine) out.labels = refine_ncut(graph, std::move(out.labels));
  out.ncut = detail::ncut_of_checked(graph, out.labels, options.clusters);
  out.eigenvalues = std::move(embedding.eigenvalues);
  return out;
}

int64_t eigengap_clusters(const std::vector<double>& eigenvalues, int64_t most) {
  const auto size = static_cast<int64_t>(eigenvalues.size());
  check(size >= 2 && most >= 1, ErrorCode::config,
        "the largest gap needs two eigenvalues or more and at most one cluster or more, not " +
            std::to_string(size) + " and " + std::to_string(most));
  int64_t best = 1;
  for (int64_t k = 2; k <= std::min(most, size - 1); ++k) {
    if (eigenvalues[k] - eigenvalues[k - 1] > eigenvalues[best] - eigenvalues[best - 1]) best = k;
  }
  return best;
}

}  // namespace v1
}  // namespace modhost
