// What lesions leave behind: numbers, tables, and a few sentences.
#pragma once

#include <modhost/writer.h>

#include <vector>

#include "hypotheses.h"
#include "single_lesion.h"

namespace modhost_lesion {

struct Findings {
  const Scorer& scorer;
  std::vector<SingleLesion> lesions;
  Thresholds thresholds;
  int64_t skipped = 0;                  // sub-clusters of one unit
  std::vector<std::string> names = {};  // of clusters, by label; none: they have numbers
};

// Importance, and coherence where there are parts, of the lesions with controls.
std::vector<Hypothesis> hypotheses_of(const Findings& findings);

void write_lesions(modhost::RunWriter& writer, const Findings& findings);
void write_hypotheses(modhost::RunWriter& writer, const Findings& findings,
                      const std::vector<Hypothesis>& hypotheses);
void show_results(modhost::RunWriter& writer, const Findings& findings,
                  const std::vector<Hypothesis>& hypotheses);

}  // namespace modhost_lesion
