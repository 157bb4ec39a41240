#include <modhost/count_text.h>

#include <algorithm>

#include "report.h"
#include "unit_labels.h"
#include "words.h"

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr size_t kShown = 20;
constexpr double kSurprising = 0.05;

std::string verdict(const Hypothesis& hypothesis, bool by_loss) {
  const bool matter = hypothesis.name == "importance";
  const Combined plain = combined(hypothesis, false), tied = combined(hypothesis, true);
  const Effects size = effects(hypothesis);
  const std::string what =
      !matter   ? by_loss ? "Do clusters cost some outputs more than others, beyond random units?"
                          : "Do clusters cost some classes more than others, beyond random units?"
      : by_loss ? "Do clusters raise the loss more than random units of their layers?"
                : "Do clusters cost more accuracy than random units of their layers?";
  const bool only_ties = plain.fisher < kSurprising && tied.fisher >= kSurprising;
  return what + " Fisher's p " + number_text("%.2g", plain.fisher) +
         ", with ties counted against it " + number_text("%.2g", tied.fisher) +
         (only_ties ? " (the test cannot tell: ties)" : "") + "; effect " +
         number_text("%.2f", size.mended) + " (1 is none, 2 the greatest); " +
         std::to_string(plain.significant) + " of " + std::to_string(hypothesis.evidence.size()) +
         " are significant on their own.";
}

}  // namespace

void show_results(RunWriter& writer, const Findings& findings,
                  const std::vector<Hypothesis>& hypotheses) {
  const bool by_loss = findings.scorer.by_loss();
  std::vector<std::pair<SingleResult, const SingleLesion*>> rows;
  for (const SingleLesion& lesion : findings.lesions) {
    rows.emplace_back(judged(lesion, findings.scorer.whole(), by_loss, findings.thresholds),
                      &lesion);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.first.damage > b.first.damage; });
  Table table{{"layer", "cluster", "units", "of", by_loss ? "loss without" : "accuracy without",
               "without random", "p", "class"},
              {}};
  for (size_t i = 0; i < std::min(rows.size(), kShown); ++i) {
    const auto& [result, lesion] = rows[i];
    table.add({lesion->layer, cluster_name(findings.names, lesion->label), lesion->units,
               lesion->live, number_text(by_loss ? "%.4g" : "%.3f", lesion->own.overall),
               number_text(by_loss ? "%.4g" : "%.3f", result.mean), number_text("%.3f", result.p),
               result.taxonomy});
  }
  writer.show(table);
  if (rows.size() > kShown) {
    writer.say("These are the " + std::to_string(kShown) + " lesions that do most damage; all " +
               count_text(static_cast<int64_t>(rows.size())) + " are in tables/lesions.csv.");
  }
  writer.say("The whole network has " + std::string(by_loss ? "a loss" : "an accuracy") + " of " +
             number_text(by_loss ? "%.4g" : "%.3f", findings.scorer.whole().overall) + ".");
  if (findings.skipped > 0) {
    writer.say(std::to_string(findings.skipped) +
               " sub-clusters of a single unit were not tested.");
  }
  if (hypotheses.empty()) {
    writer.say(
        "No lesion can be compared with random ones: each cluster has all units of its layers. "
        "More clusters (--method.clusters) divide layers.");
  }
  for (const Hypothesis& hypothesis : hypotheses) writer.say(verdict(hypothesis, by_loss));
}

}  // namespace modhost_lesion
