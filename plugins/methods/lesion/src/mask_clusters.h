// Do the masks of tasks and clusters of units name the same parts of a network? (the PyTorch code
// of Hod et al. 2021, `compare_masks_clusters`)
#pragma once

#include <modhost/significance.h>
#include <modhost/stored_masks.h>
#include <modhost/unit_clusters.h>

#include <string>
#include <vector>

namespace modhost_lesion {

// Two sets, and what chance makes of their IoU.
struct Overlap {
  double mask = 0, cluster = 0, both = 0;  // sizes
  // 0 where a set is empty.
  double iou() const;
  double of_mask() const;     // both / mask
  double of_cluster() const;  // both / cluster
};
struct TestedOverlap {
  Overlap own;
  modhost::NullComparison iou;  // beside the labels permuted within each layer
};

// A mask and a cluster.
struct MaskCluster {
  std::string task;
  int64_t label = 0;
  TestedOverlap units;    // units that this mask alone needs, and those of the cluster
  TestedOverlap weights;  // kept weights, and those inside of the cluster; of the mask of all tasks
  double of_magnitude = 0;  // of the sum of |w| inside of the cluster, the share that is kept
};

struct MaskShare {
  std::string task;
  int64_t units = 0, own_units = 0;  // attached to a kept weight; and of no other mask
  double weights = 0;                // kept between the units
  // Of its weights, those that the mask of all tasks keeps; and of that mask's those of this one.
  // 0 without such a mask.
  double in_all = 0, of_all = 0;
  size_t best = 0;  // position in `pairs`: the cluster with the largest IoU of weights
  // That IoU beside the largest of each permutation: choosing the best is no evidence.
  modhost::NullComparison best_iou;
};

struct MaskClusters {
  bool has_all = false;  // there is a mask of all tasks
  std::vector<MaskShare> masks;
  std::vector<MaskCluster> pairs;  // mask by mask
};

// Error(config) unless there is a mask of a task.
void check_tasks(const std::vector<modhost::StoredMask>& masks);

// `labels`: of the units of `network`, all of the model. Weights are the entries of kernels that
// the masks are over; with a mask of all tasks (kAllTasksMask) only those that it keeps. Units
// without a cluster are left out. `draws` permutations for all pairs. Error(config) as check_tasks.
MaskClusters mask_clusters(const modhost::ModelBase& model, const modhost::UnitNetwork& network,
                           const modhost::UnitLabels& labels,
                           const std::vector<modhost::StoredMask>& masks, int64_t draws,
                           uint64_t seed);

}  // namespace modhost_lesion
