#include "prune_report.h"

#include <modhost/count_text.h>

#include <algorithm>
#include <map>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

std::string gradients_text(const Candidate& candidate) {
  std::string out;
  for (const double gradient : candidate.path) out += number_text("%g", gradient) + " ";
  return out + number_text("%g", candidate.gradient);
}

NamedTensors at(const NamedTensors& tensors, int64_t position) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) out.emplace_back(name, tensor[position].clone());
  return out;
}

}  // namespace

void write_trials(RunWriter& writer, const std::vector<StageTrials>& stages) {
  Table table{{"stage", "network", "gradients", "trial", "target_percent", "accuracy", "accepted"},
              {}};
  for (const StageTrials& stage : stages) {
    for (size_t i = 0; i < stage.pruned->trials.size(); ++i) {
      const Candidate& candidate = stage.pruned->candidates[i];
      int64_t number = 0;
      for (const Trial& trial : stage.pruned->trials[i]) {
        table.add({stage.stage, candidate.network, gradients_text(candidate), ++number,
                   trial.target, trial.accuracy, int64_t{trial.accepted}});
      }
    }
  }
  writer.table("trials", table);
  writer.scalar("trainings", static_cast<double>(table.rows.size()));
}

void write_candidates(RunWriter& writer, const Cutter& cutter, const Pruned& pruned,
                      const std::vector<Selected>& selected,
                      const std::vector<double>& accuracies) {
  Table table{
      {"network", "gradients", "pruned_percent", "weights", "live_units", "accuracy", "best"}, {}};
  for (const Selected& own : selected) {
    for (const int64_t i : own.all) {
      const bool best = std::find(own.winners.begin(), own.winners.end(), i) != own.winners.end();
      table.add({own.network, gradients_text(pruned.candidates[static_cast<size_t>(i)]),
                 cutter.pruned_percent(pruned.networks, i), cutter.kept_weights(pruned.networks, i),
                 cutter.live_units(pruned.networks, i), accuracies[static_cast<size_t>(i)],
                 int64_t{best}});
    }
  }
  writer.table("pruning", table);
}

std::string write_network(RunWriter& writer, const std::string& folder, const Cutter& cutter,
                          const Retrainer& judge, const Networks& networks, int64_t position) {
  writer.tensors(folder + "pruned", at(networks.values, position));
  NamedTensors masks;
  for (const auto& [name, kept] : networks.kept) {
    masks.emplace_back(name, kept[position].to(torch::kUInt8));
  }
  writer.tensors(folder + "masks", masks);
  const std::optional<Smaller> less = smaller(cutter, judge, networks, position);
  if (!less) {
    return "Weights and masks: " + folder + "pruned, " + folder +
           "masks. Without the units that are gone this network cannot be written: not all of its "
           "parameters belong to units.";
  }
  std::map<std::string, std::string> facts;
  std::vector<std::string> fewer;
  size_t place = 0;
  for (const auto& [layer, left] : less->units) {
    facts["units " + layer] = std::to_string(left);
    if (left < networks.units[place++].second.size(1)) {
      fewer.push_back(layer + " " + std::to_string(left));
    }
  }
  writer.tensors(folder + "smaller", less->state, facts);
  return "Weights and masks: " + folder + "pruned, " + folder + "masks; " + folder +
         (fewer.empty() ? "smaller is as large: no unit can be left out."
                        : "smaller has only the hidden units that are left: " + join(fewer) + ".");
}

void report_pruned(RunWriter& writer, const Cutter& cutter, const Pruned& pruned,
                   const Selected& selected, const OneResult& result) {
  const int64_t best = selected.winners.front();
  const double percent = cutter.pruned_percent(pruned.networks, best);
  const int64_t weights = cutter.kept_weights(pruned.networks, best);
  const int64_t units = cutter.live_units(pruned.networks, best);
  writer.headline("pruned", percent / 100);
  writer.headline("live_units", static_cast<double>(units));
  writer.scalar("weights", static_cast<double>(weights));
  writer.scalar("ties", static_cast<double>(selected.winners.size()));
  writer.scalar("accuracy/before", result.before);
  writer.scalar("accuracy/pruned", result.after);
  writer.headline("test/accuracy/pruned", result.test);
  const auto share = [](double value) { return number_text("%.1f", 100 * value) + " %"; };
  if (!selected.pruned) {
    writer.say("Nothing is pruned: no step kept an accuracy of " + share(result.needed) +
               ", and the network answers " + share(result.before) +
               " of the validation split right before it. Train longer, or lower "
               "--method.accuracy.");
    return;
  }
  writer.say(number_text("%.2f", percent) + " % of the weights are pruned: " + count_text(weights) +
             " of " + count_text(cutter.weights()) + " are left, and " + count_text(units) +
             " of " + count_text(cutter.hidden_units()) +
             " hidden units. Accuracy on the validation split " + share(result.before) +
             " before, " + share(result.after) + " now; on the test split " + share(result.test) +
             ".");
  if (selected.winners.size() > 1) {
    writer.say(std::to_string(selected.winners.size()) + " of " +
               std::to_string(selected.all.size()) +
               " ways to prune leave as few weights; the first one is written.");
  }
}

}  // namespace modhost_sculpting
