// Detected modules beside those that a dataset was made with (the criteria of Patil et al. 2023,
// which the study applied by eye).
#pragma once

#include <modhost/dataset.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "modules.h"

namespace modhost_sculpting {

// How far modules agree with true groups.
struct Agreement {
  bool same = false;  // up to names, and nothing is pruned
  double ari = 0;     // adjusted Rand index, over live units
  double nmi = 0;     // normalised mutual information (arithmetic mean of the entropies)
};

struct LayerTruth {
  std::string layer;
  int64_t live = 0, modules = 0;
  // Live units that inputs of a single true group reach, and that reach outputs of a single one.
  int64_t from_one_group = 0, to_one_group = 0;
  // Of those reached by a single group: modules against these groups; unset when there are none.
  std::optional<double> ari, nmi;
};

struct TruthScore {
  Agreement inputs, outputs;
  std::vector<LayerTruth> hidden;
};

// One to one, and none is kNoCluster.
bool same_groups(const std::vector<int64_t>& found, const std::vector<int64_t>& truth);

// [layer][live unit]: the true groups of inputs that reach a unit, or of outputs that it reaches.
using ReachingGroups = std::vector<std::vector<std::set<int64_t>>>;
ReachingGroups reached_by(const Detection& found, const std::vector<int64_t>& inputs);
ReachingGroups reaching(const Detection& found, const std::vector<int64_t>& outputs);

// Unset when the network has other numbers of inputs or outputs than the truth. The inputs are the
// first layer, the outputs the last.
std::optional<TruthScore> against_truth(const Detection& found, const modhost::TrueModules& truth);

}  // namespace modhost_sculpting
