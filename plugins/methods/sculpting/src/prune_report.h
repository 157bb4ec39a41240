// What pruning leaves behind: the pruned network and its masks, also without the units that are
// gone, and tables of all that was tried.
#pragma once

#include <modhost/writer.h>

#include <string>
#include <utility>
#include <vector>

#include "selection.h"
#include "smaller.h"

namespace modhost_sculpting {

// A stage of pruning, for the table of its steps.
struct StageTrials {
  std::string stage;  // units, edges
  const Pruned* pruned = nullptr;
};

// tables/trials.csv: a row for each target that was tried.
void write_trials(modhost::RunWriter& writer, const std::vector<StageTrials>& stages);
// tables/pruning.csv: a row for each candidate, and whether it is among the best of its network.
void write_candidates(modhost::RunWriter& writer, const Cutter& cutter, const Pruned& pruned,
                      const std::vector<Selected>& selected, const std::vector<double>& accuracies);

// FOLDER/pruned, FOLDER/masks and, where it can be made, FOLDER/smaller (.safetensors and .npz).
// Returns what to say of the last.
std::string write_network(modhost::RunWriter& writer, const std::string& folder,
                          const Cutter& cutter, const Retrainer& judge, const Networks& networks,
                          int64_t position);

// Scalars and sentences of one network.
struct OneResult {
  double before = 0, after = 0, test = 0;  // accuracies on validation, and of the pruned on test
  double needed = 0;
};
void report_pruned(modhost::RunWriter& writer, const Cutter& cutter, const Pruned& pruned,
                   const Selected& selected, const OneResult& result);

}  // namespace modhost_sculpting
