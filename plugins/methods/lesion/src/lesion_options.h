#pragma once

#include <modhost/option.h>
#include <modhost/unit_clusters.h>

namespace modhost_lesion {

struct LesionOptions : modhost::ClusterOptions {
  modhost::Option<int64_t> controls{
      *this,
      "controls",
      19,
      "random sets of units to compare each lesion with",
      modhost::AtLeast{1},
      modhost::Paper{"Hod et al. 2021: 19; Filan et al. 2021: 20 to 100"}};
  modhost::Option<bool> doubles{
      *this, "doubles", false,
      "also lesion each two sub-clusters together, and each while the other is gone",
      modhost::Paper{"Filan et al. 2021, with 50 controls"}};
  modhost::Option<std::string> path_edges{
      *this, "path_edges", "sum",
      "with 'doubles': the weight between two sub-clusters is the sum of |w|, or their mean",
      modhost::Choices{{"sum", "mean"}}};
  modhost::Option<double> path_threshold{
      *this, "path_threshold", 0.99,
      "with 'doubles': weights make a dependency where the score of their paths is at least this "
      "share of the largest of the two layers",
      modhost::Range{0, 1}};
  modhost::Option<bool> ablate{
      *this, "ablate", false,
      "also remove the weights inside of each cluster, in all layers at once, beside those of "
      "permuted labels",
      modhost::Paper{"the PyTorch code of Hod et al. 2021, without controls"}};
  modhost::Option<bool> ablate_last{*this, "ablate_last", false,
                                    "with 'ablate': also weights into the outputs"};
  modhost::Option<std::vector<std::string>> masks{
      *this,
      "masks",
      {},
      "compare the clusters with masks of tasks: the folder of a run of diffmask, or files, "
      "NAME=FILE"};
  modhost::Option<int64_t> samples{*this, "samples", 0, "test samples, 0: all",
                                   modhost::AtLeast{0}};
  modhost::Option<int64_t> batch_size{*this, "batch_size", 100, "samples in one forward pass",
                                      modhost::AtLeast{1}};
  modhost::Option<int64_t> at_once{
      *this, "at_once", 256,
      "lesions in one forward pass, at most: more need more memory; fewer when the weights of the "
      "layer are large",
      modhost::AtLeast{1}};

  modhost::Option<double> p_threshold{*this, "p_threshold", 0,
                                      "a p below this is significant; 0: 1 / controls",
                                      modhost::Range{0, 1}};
  modhost::Option<double> damage_threshold{
      *this, "damage_threshold", 0.01,
      "damage that matters: accuracy lost, or, of real-valued outputs, the loss gained as a share "
      "of the loss",
      modhost::AtLeast{0}};
  modhost::Option<int64_t> small{*this, "small", 12,
                                 "sub-clusters of at most so many units are called 'small'",
                                 modhost::AtLeast{0}};
};

}  // namespace modhost_lesion
