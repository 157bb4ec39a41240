// One sub-cluster beside random sets of units, and what the difference says.
#pragma once

#include <modhost/hypotheses.h>
#include <modhost/sub_clusters.h>

#include <optional>
#include <string>
#include <vector>

#include "ascent.h"
#include "top_samples.h"

namespace modhost_featurevis {

struct Trial {
  std::string layer;
  int64_t label = 0, of = 0;  // units of the layer
  modhost::UnitSet units;
  Vision own;
  std::vector<Vision> controls;
  TopSamples top;  // empty where none were looked for
  std::vector<TopSamples> control_tops;
};

// Of a statistic that is 0 or more, large (small) for a module. `effect`, as published, is the mean
// over draws of own / (own + random), 0 where that is no number; mended, negative numbers count as
// 0, and 0 over 0 as 1/2.
modhost::Evidence large_is_evidence(double own, const std::vector<double>& random);
modhost::Evidence small_is_evidence(double own, const std::vector<double>& random);

// Of all that can be compared: "score", "entropy", "dispersion", "top_entropy".
struct TrialEvidence {
  std::string name;
  modhost::Evidence evidence;
};
std::vector<TrialEvidence> evidence_of(const Trial& trial);

// Those of all sub-clusters together.
std::vector<modhost::Hypothesis> hypotheses_of(const std::vector<Trial>& trials);

}  // namespace modhost_featurevis
