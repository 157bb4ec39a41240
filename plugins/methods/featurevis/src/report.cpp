#include "report.h"

#include <modhost/statistics.h>

#include <algorithm>

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

const char* const kTests[] = {"score", "entropy", "dispersion", "top_entropy"};

Cell class_cell(const std::optional<int64_t>& predicted) {
  return predicted ? Cell(*predicted) : Cell();
}

std::vector<std::string> columns() {
  std::vector<std::string> out = {"layer", "label", "units", "layer_units", "predicted"};
  for (const std::string test : kTests) {
    for (const char* what :
         {"", "_random", "_p", "_p_tied", "_effect", "_effect_mended", "_factor"}) {
      out.push_back(test + what);
    }
  }
  return out;
}

void add_tests(std::vector<Cell>& row, const Trial& trial) {
  const std::vector<TrialEvidence> all = evidence_of(trial);
  for (const std::string test : kTests) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& own) { return own.name == test; });
    if (found == all.end()) {
      row.resize(row.size() + 7);
      continue;
    }
    const Evidence& own = found->evidence;
    for (const double number : {own.own, own.control, own.p, own.p_tied, own.effect, own.mended}) {
      row.push_back(finite_cell(number));
    }
    row.push_back(finite_cell(own.factor));
  }
}

// "3 17 5"
std::string listed(const std::vector<int64_t>& numbers) {
  std::string out;
  for (const int64_t number : numbers) out += (out.empty() ? "" : " ") + std::to_string(number);
  return out;
}

void add_draw(Table& table, const Trial& trial, int64_t draw, const Vision& vision,
              const std::optional<double>& top) {
  table.add({trial.layer, trial.label, draw, vision.score, finite_cell(vision.entropy),
             vision.dispersion, class_cell(vision.predicted), finite_cell(top)});
}

}  // namespace

void write_trials(RunWriter& writer, const std::vector<Trial>& trials) {
  Table table{columns(), {}};
  Table draws{
      {"layer", "label", "draw", "score", "entropy", "dispersion", "predicted", "top_entropy"}, {}};
  Table tops{{"layer", "label", "samples", "classes"}, {}};
  NamedTensors inputs;
  for (const Trial& trial : trials) {
    std::vector<Cell> row = {trial.layer, trial.label, static_cast<int64_t>(trial.units.size()),
                             trial.of, class_cell(trial.own.predicted)};
    add_tests(row, trial);
    table.add(std::move(row));
    for (size_t draw = 0; draw < trial.controls.size(); ++draw) {
      const bool has_top = draw < trial.control_tops.size();
      add_draw(draws, trial, static_cast<int64_t>(draw), trial.controls[draw],
               has_top ? trial.control_tops[draw].entropy : std::nullopt);
    }
    if (!trial.top.samples.empty()) {
      tops.add({trial.layer, trial.label, listed(trial.top.samples), listed(trial.top.classes)});
    }
    inputs.emplace_back(trial.layer + "." + std::to_string(trial.label), trial.own.input);
  }
  writer.table("featurevis", table);
  writer.table("featurevis_draws", draws);
  if (!tops.rows.empty()) writer.table("top_samples", tops);
  writer.tensors("inputs", inputs, {{"what", "the optimised input of each sub-cluster"}});
  writer.scalar("sub_clusters", static_cast<double>(trials.size()));
}

void write_hypotheses(RunWriter& writer, const std::vector<Hypothesis>& hypotheses) {
  writer.table("hypotheses", hypothesis_table(hypotheses));
  for (const Hypothesis& hypothesis : hypotheses) {
    writer.headline(hypothesis.name + "/fisher_p", combined(hypothesis, false).fisher);
    writer.headline(hypothesis.name + "/fisher_p_tied", combined(hypothesis, true).fisher);
    writer.scalar(hypothesis.name + "/effect", effects(hypothesis).effect);
    writer.headline(hypothesis.name + "/effect_mended", effects(hypothesis).mended);
  }
}

}  // namespace modhost_featurevis
