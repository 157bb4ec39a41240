// Clusters of points, and how far two partitions agree.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "modhost/unit_graph.h"

namespace modhost {
inline namespace v1 {

// Points one after another, [count, dimensions] in double; the values are the caller's.
struct PointsView {
  const double* values = nullptr;
  int64_t count = 0;
  int64_t dimensions = 0;
};

struct KMeansOptions {
  int64_t clusters = 2;
  int64_t restarts = 25;
  uint64_t seed = 0;
  int64_t iterations = 300;  // of each restart at most
};

struct KMeans {
  std::vector<int64_t> labels;  // [count], the nearest center of each point
  std::vector<double> centers;  // [clusters, dimensions]
  double inertia = 0;           // the sum of the squared distances to the nearest centers
};

// Lloyd's algorithm from k-means++ centers (Arthur, Vassilvitskii 2007; the best of 2 + ln k
// candidates at each step), until no label changes: the restart of the smallest inertia. A cluster
// that lost its points takes the point that is farthest from its center; with fewer distinct points
// than clusters some clusters stay empty. The same options and points give the same bits, whatever
// the threads. Error(config) unless 1 <= clusters <= count, restarts and iterations >= 1;
// Error(data) for values that are not finite.
KMeans k_means(PointsView points, const KMeansOptions& options);

// The distances of all pairs of points, [count, count], 0 on the diagonal.
enum class PointDistance {
  cosine,   // 1 - cos, 1 from a point of zeros
  jaccard,  // of where points are not 0: 1 - common / in either; 0 between two points of zeros
  euclidean,
};
std::vector<double> point_distances(PointsView points, PointDistance kind);

// What the distance of two clusters is.
enum class LinkageKind {
  average,   // the mean distance of their points (UPGMA)
  complete,  // the largest one
  single,    // the smallest one
  ward,  // the root of twice what the sum of squares within clusters gains by joining them (Ward
         // 1963); of euclidean distances
};

// Joins the two clusters of the smallest distance until `clusters` are left. `distances`: [count,
// count], symmetric, in double. The order of joins and of ties is that of the nearest-neighbour
// chain of scipy.cluster.hierarchy.linkage (which takes another way for single linkage: there ties
// may come out differently), and the labels those of scikit-learn's AgglomerativeClustering. One
// Linkage gives every number. Error(shape) unless the matrix is square, Error(config) unless
// 1 <= clusters <= count, Error(data) for distances that are not finite.
class Linkage {
 public:
  explicit Linkage(const std::vector<double>& distances, LinkageKind kind = LinkageKind::average);
  std::vector<int64_t> labels(int64_t clusters) const;  // [count]

 private:
  int64_t count_ = 0;
  std::vector<std::pair<int64_t, int64_t>> joins_;  // nodes; join i makes node count + i
};

// How good a partition of points is, without another to compare with; labels [count]. As
// scikit-learn computes them. Error(config) unless there are 2 .. count - 1 clusters.
// Mean over points of (b - a) / max(a, b), a the mean distance to its own cluster, b to the nearest
// other one; 0 for a point alone (Rousseeuw 1987). -1 .. 1, higher is better. Distances as Linkage
// takes them.
double silhouette(const std::vector<double>& distances, const std::vector<int64_t>& labels);
// Variance between clusters over variance within (Calinski, Harabasz 1974); higher is better.
double calinski_harabasz(PointsView points, const std::vector<int64_t>& labels);
// Mean over clusters of the worst ratio of two clusters' spreads to the distance of their centers
// (Davies, Bouldin 1979); lower is better.
double davies_bouldin(PointsView points, const std::vector<int64_t>& labels);

// How the entropies of the two partitions become one number.
enum class EntropyMean { arithmetic, geometric, max, min };

// The scores look only at units that have a cluster in both partitions (kNoCluster in neither).
// Error(shape) when the lengths differ.

// Mutual information over the mean of the entropies, 0 to 1; 1 when both are a single cluster.
// scikit-learn takes the arithmetic mean today and took the geometric one before 0.22.
double normalized_mutual_information(const UnitLabels& a, const UnitLabels& b,
                                     EntropyMean mean = EntropyMean::arithmetic);

// Share of pairs on which they agree, so shifted and scaled that chance has 0 and equal partitions
// 1 (Hubert, Arabie 1985).
double adjusted_rand_index(const UnitLabels& a, const UnitLabels& b);

// Of the clusters' shares of the units, in nats; units without a cluster do not count.
double label_entropy(const UnitLabels& labels);

}  // namespace v1
}  // namespace modhost
