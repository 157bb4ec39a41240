// One sub-cluster's lesion beside random ones of its size (Filan et al. 2021, Hod et al. 2021).
#pragma once

#include <modhost/significance.h>

#include <optional>
#include <string>
#include <vector>

#include "scores.h"
#include "unit_weights.h"

namespace modhost_lesion {

struct SingleLesion {
  std::string layer;
  int64_t label = 0, units = 0, live = 0;  // live units of the layer
  Score own;
  std::vector<Score> controls;  // none for all live units of a layer, which are no random choice
  MeanWeights weights{};        // of the units, and of each control's
  std::vector<MeanWeights> control_weights{};

  bool complete() const { return units == live; }
};

struct Thresholds {
  double p = 0.01;           // significant below it
  double damage = 0.01;      // matters from it on
  int64_t small_units = 12;  // too few to judge
};

struct SingleResult {
  double difference = 0;  // overall, lesioned minus whole
  // Lost accuracy; of losses what was gained, over the loss of the whole network.
  double damage = 0;
  // Random sets that do more damage, plus one, over their number plus one: small for an important
  // sub-cluster. `p_tied` counts those that do as much, too. Unset without controls.
  std::optional<double> p, p_tied;
  std::optional<double> mean, deviation, z;  // of random sets; deviation divided by n - 1
  std::string taxonomy;
};

// A lesion beside random ones, and the score without it; `by_loss`: overall scores are losses,
// which damage raises. `complete` without controls, no class for few units.
SingleResult compared(const Score& own, const std::vector<Score>& controls, const Score& whole,
                      bool by_loss, const Thresholds& thresholds);
// The same of a single lesion, with the classes that belong to it.
SingleResult judged(const SingleLesion& lesion, const Score& whole, bool by_loss,
                    const Thresholds& thresholds);

// The published classes in the published order; the first that fits of important, prunable,
// least_important, sig-but-not-diff, diff-but-not-sig, other. Single lesions are `complete` or
// `small` before.
std::string taxonomy(double p, double damage, const Thresholds& thresholds);
const std::vector<std::string>& taxonomy_classes();

}  // namespace modhost_lesion
