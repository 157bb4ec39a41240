#include <modhost/count_text.h>

#include <algorithm>

#include "report.h"

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr size_t kShown = 20;

std::string question(const std::string& name) {
  if (name == "score") return "Can an input drive a cluster more than random units of its layer?";
  if (name == "entropy") return "Is the network surer of the class of such an input (entropy)?";
  if (name == "dispersion") return "Are a cluster's units driven more evenly (dispersion)?";
  return "Are the samples that drive a cluster most of fewer classes (entropy)?";
}

std::string verdict(const Hypothesis& hypothesis) {
  const Combined plain = combined(hypothesis, false), tied = combined(hypothesis, true);
  return question(hypothesis.name) + " Fisher's p " + number_text("%.2g", plain.fisher) +
         ", with ties counted against it " + number_text("%.2g", tied.fisher) + "; effect " +
         number_text("%.2f", effects(hypothesis).mended) +
         (hypothesis.name == "score" ? " (1 is none, above it for clusters); "
                                     : " (1 is none, below it for clusters); ") +
         std::to_string(plain.significant) + " of " + std::to_string(hypothesis.evidence.size()) +
         " are significant on their own.";
}

const Evidence* find(const std::vector<TrialEvidence>& all, const std::string& name) {
  for (const TrialEvidence& own : all) {
    if (own.name == name) return &own.evidence;
  }
  return nullptr;
}

Table shown_table(const std::vector<Trial>& trials, size_t rows) {
  const bool classes = !trials.empty() && trials.front().own.entropy;
  Table table{{"layer", "cluster", "units", "of", "score", "of random", "p"}, {}};
  if (classes) {
    for (const char* name : {"entropy", "of random", "p"}) table.columns.emplace_back(name);
  }
  for (size_t at = 0; at < rows; ++at) {
    const Trial& trial = trials[at];
    const std::vector<TrialEvidence> all = evidence_of(trial);
    std::vector<Cell> row = {trial.layer, trial.label, static_cast<int64_t>(trial.units.size()),
                             trial.of};
    for (const char* name : {"score", "entropy"}) {
      const Evidence* own = find(all, name);
      if (own == nullptr) continue;
      for (const double number : {own->own, own->control})
        row.emplace_back(number_text("%.3g", number));
      row.emplace_back(number_text("%.3f", own->p));
    }
    table.add(std::move(row));
  }
  return table;
}

}  // namespace

void show_results(RunWriter& writer, const std::vector<Trial>& trials,
                  const std::vector<Hypothesis>& hypotheses, int64_t skipped) {
  const size_t rows = std::min(trials.size(), kShown);
  writer.show(shown_table(trials, rows));
  if (rows < trials.size()) {
    writer.say("These are the first " + std::to_string(kShown) + " of " +
               count_text(static_cast<int64_t>(trials.size())) +
               " sub-clusters; all are in tables/featurevis.csv.");
  }
  for (const Hypothesis& hypothesis : hypotheses) writer.say(verdict(hypothesis));
  if (skipped > 0) {
    writer.say(std::to_string(skipped) +
               (skipped == 1 ? " sub-cluster was" : " sub-clusters were") +
               " left out: too few units, or nearly all of the layer (method.small, "
               "method.large).");
  }
}

}  // namespace modhost_featurevis
