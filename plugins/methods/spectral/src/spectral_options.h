#pragma once

#include <modhost/option.h>
#include <modhost/spectral.h>
#include <modhost/unit_activations.h>
#include <modhost/unit_clusters.h>

#include <string>
#include <vector>

namespace modhost_spectral {

struct SpectralMethodOptions : modhost::UnitOptions {
  modhost::Option<int64_t> clusters{
      *this,
      "clusters",
      4,
      "number of clusters; 0: the one after which the eigenvalues of the Laplacian rise most",
      modhost::AtLeast{0},
      modhost::Paper{"Filan et al. 2021: 12; Hod et al. 2021: 16"}};
  modhost::Option<int64_t> most_clusters{*this, "most_clusters", 20,
                                         "with clusters = 0: at most so many", modhost::AtLeast{2}};

  modhost::Option<std::string> inputs{*this, "inputs", "auto",
                                      "whether the network's inputs are units",
                                      modhost::Choices{{"auto", "true", "false"}}};
  modhost::Option<std::string> outputs{*this, "outputs", "auto",
                                       "whether the network's outputs are units",
                                       modhost::Choices{{"auto", "true", "false"}}};

  modhost::Option<std::string> kernel_norm{
      *this, "kernel_norm", "l1",
      "how the taps of a kernel become one edge: entry-wise sum, root of squares, largest column "
      "sum or largest singular value of their sizes",
      modhost::Choices{{"l1", "l2", "induced1", "spectral"}}};
  modhost::Option<bool> fold_batch_norm{
      *this, "fold_batch_norm", true,
      "multiply weights by the factors of the batch normalisations beside them"};
  modhost::Option<bool> normalize_weights{
      *this, "normalize_weights", false,
      "scale the weights into each hidden unit to norm 1 and those out of it up by as much, which "
      "changes nothing that a network of ReLUs computes"};
  modhost::Option<bool> divide_by_mean{*this, "divide_by_mean", false,
                                       "divide the edges of each layer by their mean"};
  modhost::Option<bool> commute{*this, "commute", false,
                                "cluster by inverse commute times of a random walk"};
  modhost::Option<std::string> isolated{
      *this, "isolated", "degree",
      "units without a cluster: those without edges, or also those whose connected component "
      "lacks inputs or outputs",
      modhost::Choices{{"degree", "component"}}};

  modhost::Option<std::string> solver{*this, "solver", "auto", "how eigenvectors are found",
                                      modhost::Choices{{"auto", "bipartite", "lanczos", "dense"}}};
  modhost::Option<int64_t> restarts{*this, "restarts", 0,
                                    "restarts of k-means, 0: 25 up to 2,000 units, 100 beyond",
                                    modhost::AtLeast{0}};
  modhost::Option<std::string> refine{
      *this, "refine", "clusters",
      "move single units between clusters while the n-cut falls: clusters, those of the network "
      "that are reported, while tests compare k-means alone on both sides; both, those of the "
      "null models, too; none",
      modhost::Choices{{"clusters", "both", "none"}}};

  modhost::Option<int64_t> shuffles{
      *this, "shuffles", 100, "networks with shuffled weights, of each kind", modhost::AtLeast{0}};
  modhost::Option<std::vector<std::string>> shuffle{
      *this,
      "shuffle",
      {"all"},
      "kinds of shuffles, within each layer; the first gives 'p' and 'z'. all: every weight; "
      "nonzero: weights that are not 0, among their places; nonzero_distribution, "
      "all_distribution: then drawn anew from their smoothed distribution; unit_scale: nonzero, "
      "but "
      "each unit keeps its scale; degree: each unit keeps its number and sum of weights",
      modhost::Choices{
          {"all", "nonzero", "nonzero_distribution", "all_distribution", "degree", "unit_scale"}}};
  modhost::Option<std::string> shuffle_kernels{
      *this, "shuffle_kernels", "whole",
      "of convolutions: whole kernels change places, or their single weights do (and scales of "
      "batch normalisation), which destroys the kernels",
      modhost::Choices{{"whole", "weights"}}};
  modhost::Option<int64_t> fresh{
      *this, "fresh", 0, "networks with new random weights to compare with", modhost::AtLeast{0}};

  modhost::Option<std::string> local{
      *this, "local", "none",
      "cluster each layer in the graph of its neighbours alone: with as many clusters as it has in "
      "the whole network (layerwise), or 'clusters' each (same)",
      modhost::Choices{{"none", "layerwise", "same"}}};
  modhost::Option<bool> align{
      *this, "align", false,
      "with local: a cluster of one layer has the number of the cluster of the next that has most "
      "units in common with it",
      modhost::Paper{"Hod et al. 2021, optional"}};
  modhost::Option<bool> activations{
      *this, "activations", false,
      "also cluster the correlations of the units on test samples, and compare"};
  modhost::Option<std::string> correlation{*this, "correlation", "spearman", "with activations",
                                           modhost::Choices{{"spearman", "pearson", "kendall"}}};
  modhost::Option<bool> selectivity{
      *this, "selectivity", false,
      "also find the two classes that each unit's values go with most, and compare",
      modhost::Paper{"Filan et al. 2021, with 10 clusters"}};
  modhost::Option<int64_t> activation_samples{*this, "activation_samples", 5000,
                                              "test samples for correlations, 0: all",
                                              modhost::AtLeast{0}};
  modhost::Option<std::string> activation_values{
      *this,
      "activation_values",
      "read",
      "of a unit: what the layers after it read (after its activation), or what its own layer "
      "wrote (before)",
      modhost::Choices{{"read", "written"}},
      modhost::Paper{"Filan et al. 2021: read; Hod et al. 2021: written"}};
  modhost::Option<std::string> activation_norm{
      *this,
      "activation_norm",
      "spectral",
      "how the map of a channel becomes one value: as kernel_norm",
      modhost::Choices{{"l1", "l2", "induced1", "spectral"}},
      modhost::Paper{"Filan et al. 2021: spectral; Hod et al. 2021: induced1"}};

  modhost::UnitChoice unit_choice() const;
  modhost::GraphChoice graph_choice() const;
  modhost::ActivationChoice activation_choice() const;
  modhost::SpectralOptions spectral(uint64_t seed) const;  // clusters as asked, maybe 0
  void validate() const override;
};

}  // namespace modhost_spectral
