// Null models of a graph of units: the same numbers in other places.
#pragma once

#include <modhost/unit_network.h>

#include <string>

namespace modhost_spectral {

// Filan et al. 2021 shuffle a layer's weights (all), or those that are not zero (nonzero). Where
// the weights of some units are far larger than those of others, such a shuffle spreads the large
// ones over all units, makes near-separate pairs of units of them, and so the null model clusters
// better than any network. `degree` and `unit_scale` leave each unit its scale.
enum class NullModel {
  all,                   // every entry of a block anywhere in it
  nonzero,               // entries that are not zero, among their places
  nonzero_distribution,  // these places filled from the smoothed distribution (Gaussian kernels of
                         // deviation 0.01) of the entries that are not zero
  all_distribution,      // all, then nonzero_distribution
  unit_scale,  // log |w| = scale of one unit + scale of the other + rest, random effects fitted to
               // the weights that are not zero; the rest changes places, and the weights stand in
               // the order of the new sums
  degree,  // the same after pairs of weights have swapped their ends, so that each unit keeps its
           // number of weights (Maslov, Sneppen 2002); then rows and columns are scaled to the
           // sums that they had (Sinkhorn, Knopp 1967), by factors up to 3
};
NullModel null_named(const std::string& name);

// Shuffled within each block. The same seed gives the same bits.
modhost::UnitGraph null_graph(const modhost::UnitGraph& graph, NullModel model, uint64_t seed);

// The single weights of each kernel, and the scales and variances of each batch normalisation
// among themselves: all, nonzero and their distributions only.
modhost::UnitNetwork null_network(const modhost::UnitNetwork& network, NullModel model,
                                  uint64_t seed);

// The weights of all pairs of units of a graph anywhere: for a graph of correlations.
modhost::UnitGraph null_pairs(const modhost::UnitGraph& graph, uint64_t seed);

// Scales rows and columns of values [rows, columns] >= 0 until row i sums to row_sums[i] and column
// j to column_sums[j], as far as the zeros let them.
struct Scales {
  std::vector<double> rows, columns;
};
Scales sinkhorn(const std::vector<double>& values, const std::vector<double>& row_sums,
                const std::vector<double>& column_sums);

}  // namespace modhost_spectral
