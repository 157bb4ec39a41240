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
  modhost::Option<int64_t> samples{*this, "samples", 0, "test samples, 0: all",
                                   modhost::AtLeast{0}};
  modhost::Option<int64_t> batch_size{*this, "batch_size", 100, "samples in one forward pass",
                                      modhost::AtLeast{1}};
  modhost::Option<int64_t> at_once{
      *this, "at_once", 16,
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
