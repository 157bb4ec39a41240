#pragma once

#include <modhost/unit_clusters.h>

#include "modules.h"

namespace modhost_sculpting {

struct ModulesOptions : modhost::UnitOptions {
  modhost::Option<int64_t> feature_step_size{
      *this,
      "feature_step_size",
      0,
      "units of a layer are alike when they reach the same units in at most so many steps; 0: "
      "any number",
      modhost::AtLeast{0},
      modhost::Paper{"Patil et al. 2023: the number of layers of weights"}};
  modhost::Option<int64_t> clusterability_step_size{
      *this,
      "clusterability_step_size",
      0,
      "how many later layers count when few units are tested for being one thing, or each of its "
      "own; 0, and with another direction than outgoing: all",
      modhost::AtLeast{0},
      modhost::Paper{"Patil et al. 2023: the number of layers of weights"}};
  modhost::Option<double> merging_threshold{
      *this,
      "merging_threshold",
      0.9,
      "a cluster joins a module of the layer before when more than this share of the edges into "
      "it, "
      "and of the module's edges into its layer, are between the two",
      modhost::Range{0, 1},
      modhost::Paper{"Patil et al. 2023: 0.9; MNIST 0.6"}};
  modhost::Option<double> metric_threshold{
      *this,
      "metric_threshold",
      0.2,
      "smallest modularity of a layer's clusters that is believed without that test",
      modhost::Range{0, 1},
      modhost::Paper{"Patil et al. 2023: 0.2; MNIST 0.3"}};
  modhost::Option<std::string> direction{
      *this, "direction", "outgoing",
      "units are alike by what they reach (outgoing), by what reaches them (incoming), or both",
      modhost::Choices{{"outgoing", "incoming", "both"}}};
  modhost::Option<bool> weighted{*this, "weighted", false,
                                 "by how strongly, too: the sum over paths of the products of |w|"};
  modhost::Option<std::string> linkage{
      *this,
      "linkage",
      "average",
      "the distance of two clusters: the mean, the largest or the smallest one of their units, or "
      "what squares within clusters gain (ward, of euclidean distances)",
      modhost::Choices{{"average", "complete", "single", "ward"}},
      modhost::Paper{"Patil et al. 2023"}};
  modhost::Option<std::string> distance{*this,
                                        "distance",
                                        "cosine",
                                        "how far apart the features of two units are",
                                        modhost::Choices{{"cosine", "jaccard", "euclidean"}},
                                        modhost::Paper{"Patil et al. 2023"}};
  modhost::Option<std::string> criterion{
      *this,
      "criterion",
      "modularity",
      "what the number of clusters in a layer is best for",
      modhost::Choices{{"modularity", "silhouette", "calinski_harabasz", "davies_bouldin"}},
      modhost::Paper{"Patil et al. 2023"}};
  modhost::Option<double> threshold{*this, "threshold", 0, "edges are the weights above this size",
                                    modhost::AtLeast{0}};
  modhost::Option<double> density{
      *this, "density", 1,
      "edges are this share of all weights, the largest; 1: all that are not 0",
      modhost::Range{0, 1}};
  modhost::Option<std::string> density_of{
      *this, "density_of", "network",
      "the largest weights of the whole network, or as large a share of each layer's",
      modhost::Choices{{"network", "layer"}}};
  modhost::Option<int64_t> wirings{*this, "wirings", 100,
                                   "random wirings with the same numbers of edges to compare with",
                                   modhost::AtLeast{0}};

  modhost::UnitChoice unit_choice() const;
  DetectionRule rule() const;
  void validate() const override;
};

}  // namespace modhost_sculpting
