#include "report.h"

#include <modhost/statistics.h>

#include "unit_labels.h"

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

double share_of_layer(const SingleLesion& lesion) {
  return static_cast<double>(lesion.units) / static_cast<double>(lesion.live);
}

std::optional<double> mean_of(const std::vector<MeanWeights>& all,
                              std::optional<double> MeanWeights::*which) {
  std::vector<double> values;
  for (const MeanWeights& own : all) {
    if (own.*which) values.push_back(*(own.*which));
  }
  return values.empty() ? std::nullopt : std::optional<double>(mean(values));
}

void write_parts(RunWriter& writer, const Findings& findings) {
  const Scorer& scorer = findings.scorer;
  if (scorer.part_names().empty()) return;
  Table table{{"layer", "label", "part", "whole", "true", "mean", "std"}, {}};
  for (const SingleLesion& lesion : findings.lesions) {
    for (size_t part = 0; part < scorer.part_names().size(); ++part) {
      std::vector<double> random;
      for (const Score& control : lesion.controls) random.push_back(control.parts[part]);
      const bool none = random.empty();
      table.add({lesion.layer, lesion.label, scorer.part_names()[part], scorer.whole().parts[part],
                 lesion.own.parts[part], none ? Cell() : Cell(mean(random)),
                 none ? Cell() : Cell(deviation(random))});
    }
  }
  writer.table("lesion_parts", table);
}

void add_evidence(Table& table, const Findings& findings, const Hypothesis& hypothesis) {
  auto own = hypothesis.evidence.begin();
  for (const SingleLesion& lesion : findings.lesions) {
    if (lesion.complete()) continue;
    table.add({hypothesis.name, lesion.layer, lesion.label, finite_cell(own->own),
               finite_cell(own->control), own->p, own->p_tied, own->effect, own->mended,
               finite_cell(own->factor)});
    ++own;
  }
}

}  // namespace

std::vector<Hypothesis> hypotheses_of(const Findings& findings) {
  const Score& whole = findings.scorer.whole();
  Hypothesis important{"importance", 0, {}}, coherent{"coherence", 0, {}};
  for (const SingleLesion& lesion : findings.lesions) {
    if (lesion.complete()) continue;
    important.evidence.push_back(importance(lesion, whole, findings.scorer.by_loss()));
    coherent.evidence.push_back(coherence(lesion, whole));
    important.draws = coherent.draws = static_cast<int64_t>(lesion.controls.size());
  }
  std::vector<Hypothesis> out;
  if (important.evidence.empty()) return out;
  out.push_back(std::move(important));
  if (!whole.parts.empty()) out.push_back(std::move(coherent));
  return out;
}

void write_lesions(RunWriter& writer, const Findings& findings) {
  Table table{{"layer", "label", "diff", "corrected_pvalue", "label_in_layer_proportion", "true",
               "taxonomy", "mean", "std", "z_score", "n_layer_label", "corrected_pvalue_tied",
               "damage", "inbound", "inbound_mean", "outbound", "outbound_mean", "cluster"},
              {}};
  Table draws{{"layer", "label", "draw", "true", "inbound", "outbound"}, {}};
  std::map<std::string, int64_t> counts;
  for (const SingleLesion& lesion : findings.lesions) {
    const SingleResult result =
        judged(lesion, findings.scorer.whole(), findings.scorer.by_loss(), findings.thresholds);
    ++counts[result.taxonomy];
    table.add({lesion.layer, lesion.label, result.difference, finite_cell(result.p),
               share_of_layer(lesion), lesion.own.overall, result.taxonomy,
               finite_cell(result.mean), finite_cell(result.deviation), finite_cell(result.z),
               lesion.units, finite_cell(result.p_tied), finite_cell(result.damage),
               finite_cell(lesion.weights.inbound),
               finite_cell(mean_of(lesion.control_weights, &MeanWeights::inbound)),
               finite_cell(lesion.weights.outbound),
               finite_cell(mean_of(lesion.control_weights, &MeanWeights::outbound)),
               cluster_name(findings.names, lesion.label)});
    for (size_t i = 0; i < lesion.controls.size(); ++i) {
      const MeanWeights& weights = lesion.control_weights.at(i);
      draws.add({lesion.layer, lesion.label, static_cast<int64_t>(i), lesion.controls[i].overall,
                 finite_cell(weights.inbound), finite_cell(weights.outbound)});
    }
  }
  writer.table("lesions", table);
  writer.table("lesion_draws", draws);
  write_parts(writer, findings);
  writer.scalar("lesions", static_cast<double>(findings.lesions.size()));
  writer.scalar(findings.scorer.by_loss() ? "whole/loss" : "whole/accuracy",
                findings.scorer.whole().overall);
  for (const std::string& name : taxonomy_classes()) {
    writer.scalar("taxonomy/" + name, static_cast<double>(counts[name]));
  }
}

void write_hypotheses(RunWriter& writer, const Findings& findings,
                      const std::vector<Hypothesis>& hypotheses) {
  Table evidence{{"hypothesis", "layer", "label", "true", "mean", "p", "p_tied", "effect",
                  "effect_mended", "factor"},
                 {}};
  for (const Hypothesis& hypothesis : hypotheses) {
    add_evidence(evidence, findings, hypothesis);
    const Effects size = effects(hypothesis);
    for (const bool tied : {false, true}) {
      writer.headline(hypothesis.name + (tied ? "/fisher_p_tied" : "/fisher_p"),
                      combined(hypothesis, tied).fisher);
    }
    writer.scalar(hypothesis.name + "/effect", size.effect);
    writer.headline(hypothesis.name + "/effect_mended", size.mended);
  }
  writer.table("hypotheses", hypothesis_table(hypotheses));
  writer.table("lesion_evidence", evidence);
}

}  // namespace modhost_lesion
