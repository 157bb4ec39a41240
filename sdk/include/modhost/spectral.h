// Spectral clustering of the units of a network (Filan et al. 2021, "Clusterability in neural
// networks"; Shi, Malik 2000; von Luxburg 2007), and the n-cut that it makes small.
//
//   const SpectralClustering found = spectral_clustering(graph, {});
//   found.ncut;    // of `found.labels`, between 0 and clusters - 1 or so
//
// All functions are pure, run on the calling thread alone and give the same bits each time on CPUs
// of the same instruction set, however many threads call them at once.
#pragma once

#include <cstdint>
#include <vector>

#include "modhost/unit_graph.h"

namespace modhost {
inline namespace v1 {

// Which units are left out.
enum class Isolated {
  degree,     // those without edges
  component,  // those whose connected component lacks units of the first or of the last group,
              // unless the graph is one component; and those without edges
};

std::vector<bool> kept_units(const UnitGraph& graph, Isolated isolated);

// The graph of the kept units; groups and blocks stay, with fewer units.
UnitGraph subgraph(const UnitGraph& graph, const std::vector<bool>& keep);

// The sum over clusters of the weight of the edges that leave it, over the sum of its units'
// degrees; a cluster without edges adds 0. Units without a cluster are left out, and their edges
// with them. Error(shape) unless there is a label for each unit, Error(data) as for the graph
// below.
double ncut(const UnitGraph& graph, const UnitLabels& labels);

enum class EigenSolver {
  automatic,  // bipartite where the graph is, lanczos elsewhere
  bipartite,  // from singular vectors: the smaller side of the graph alone; layered networks
  lanczos,    // of the normalized adjacency matrix
  dense,      // the whole spectrum, for comparison: the time grows with the cube of the units
};

struct SpectralOptions {
  int64_t clusters = 4;
  int64_t restarts = 0;  // of k-means; 0: 25 up to 2000 kept units, 100 beyond
  uint64_t seed = 0;
  bool refine = false;  // then moves units to other clusters while that makes the n-cut smaller
  EigenSolver solver = EigenSolver::automatic;
  Isolated isolated = Isolated::degree;
};

// Each unit as a point: the eigenvectors of the smallest eigenvalues of the normalized Laplacian
// L = 1 - D^-1/2 A D^-1/2, divided by the square root of the unit's degree; its greatest coordinate
// of either sign is positive in each dimension.
struct SpectralEmbedding {
  std::vector<bool> kept;           // [units]
  std::vector<double> points;       // [kept units, clusters]
  std::vector<double> eigenvalues;  // the clusters + 1 smallest of L, as far as there are so many
};

struct SpectralClustering {
  UnitLabels labels;  // of all units; kNoCluster: not kept
  double ncut = 0;
  std::vector<double> eigenvalues;  // as of SpectralEmbedding
};

// Error(data) for weights that are negative or not finite, Error(shape) for blocks that do not fit
// their groups, Error(config) for more clusters than kept units, or EigenSolver::bipartite on a
// graph that is not: each with the block or the numbers.
SpectralEmbedding spectral_embedding(const UnitGraph& graph, const SpectralOptions& options);
SpectralClustering spectral_clustering(const UnitGraph& graph, const SpectralOptions& options);

// Moves single units between clusters, each time the n-cut falls by it, until none does; labelled
// units only, and no cluster is emptied.
UnitLabels refine_ncut(const UnitGraph& graph, UnitLabels labels);

// The number of clusters, 1 to `most`, after which the eigenvalues rise most.
int64_t eigengap_clusters(const std::vector<double>& eigenvalues, int64_t most);

// The same units with vol / (Lp_ii + Lp_jj - 2 Lp_ij) between each two, Lp the pseudoinverse of
// D - A, vol the sum of the degrees: how soon a random walk goes from one to the other and back,
// inverted. Units of different components have no edge. Dense: the time grows with the cube of the
// units.
UnitGraph inverse_commute_graph(const UnitGraph& graph);

}  // namespace v1
}  // namespace modhost
