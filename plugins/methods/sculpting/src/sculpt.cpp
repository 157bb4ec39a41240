#include "sculpt.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/statistics.h>

#include <algorithm>

#include "module_agreement.h"
#include "modules_method.h"
#include "prune_report.h"

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// Gives the model its values back.
class Restored {
 public:
  explicit Restored(ModelBase& model) : model_(model) {
    for (const auto& [name, tensor] : model.state()) {
      before_.emplace_back(name, tensor.detach().clone());
    }
  }
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;
  ~Restored() {
    const torch::NoGradGuard no_grad;
    for (const auto& [name, tensor] : model_.state()) Tensor(tensor).copy_(*find(before_, name));
  }

 private:
  ModelBase& model_;
  NamedTensors before_;
};

std::string modules_text(const Detection& found) {
  std::string out;
  for (const auto& layer : found.modules) {
    std::vector<int64_t> labels = layer;
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    const auto count = std::count_if(labels.begin(), labels.end(),
                                     [](int64_t label) { return label != kNoCluster; });
    out += (out.empty() ? "" : ",") + std::to_string(count);
  }
  return out;
}

Cell cell_of(const std::optional<bool>& answer) { return answer ? Cell(int64_t{*answer}) : Cell(); }

}  // namespace

void SculptOptions::validate() const {
  ModulesOptions::validate();
  check(threshold() == 0 && density() == 1, ErrorCode::config,
        "options 'method.threshold' and 'method.density' are for networks that are not pruned, and "
        "sculpt prunes them",
        "leave them out; the edges are the weights that pruning leaves");
}

Sculpt::Study Sculpt::pruned(Experiment& experiment, Pruner& pruner) const {
  Study out;
  out.start = unpruned_networks(experiment, pruner);
  out.units = prune_units(pruner, out.start, options().unit_gradients());
  out.edges = prune_edges(pruner, out.units, options().edge_gradients(), /*continued=*/true);
  out.selected = select(pruner.cutter(), out.edges);
  out.accuracies = pruner.retrainer().accuracies(out.edges.networks, Split::validation);
  return out;
}

Wired Sculpt::wiring(ModelBase& model, const Networks& networks, int64_t position) const {
  NamedTensors state;
  for (const auto& [name, values] : networks.values) state.emplace_back(name, values[position]);
  model.load_state(state);
  return wired(unit_network(model, options().unit_choice()), 0);
}

void Sculpt::detect(Experiment& experiment, Study& study) const {
  ModelBase& model = experiment.network();
  const auto truth = experiment.data().true_modules();
  for (const Selected& own : study.selected) {
    for (const int64_t candidate : own.winners) {
      Winner winner{
          own.network, candidate,
          detect_modules(wiring(model, study.edges.networks, candidate), options().rule()),
          std::nullopt};
      if (truth && own.pruned) winner.success = success_of(winner.found, *truth);
      study.winners.push_back(std::move(winner));
    }
  }
}

// tables/winners.csv: a row for each of the sparsest prunings.
void Sculpt::write_winners(RunWriter& writer, const Pruner& pruner, const Study& study) const {
  Table table{
      {"network", "unit_gradient", "edge_gradient", "weights", "live_units", "accuracy", "modules",
       "success", "inputs", "outputs", "hidden", "middle", "same_graph_as_first"},
      {}};
  const Winner* first = nullptr;
  for (const Winner& winner : study.winners) {
    if (first == nullptr || first->network != winner.network) first = &winner;
    const auto at = static_cast<size_t>(winner.candidate);
    const Candidate& candidate = study.edges.candidates[at];
    const std::optional<Success>& answer = winner.success;
    const auto part = [&](bool Success::*member) {
      return answer ? Cell(int64_t{(*answer).*member}) : Cell();
    };
    table.add({winner.network, candidate.path.back(), candidate.gradient,
               pruner.cutter().kept_weights(study.edges.networks, winner.candidate),
               pruner.cutter().live_units(study.edges.networks, winner.candidate),
               study.accuracies[at], modules_text(winner.found), part(&Success::all),
               part(&Success::inputs), part(&Success::outputs),
               answer ? cell_of(answer->hidden) : Cell(), answer ? cell_of(answer->middle) : Cell(),
               int64_t{module_agreement(first->found, winner.found).same_graph}});
  }
  writer.table("winners", table);
}

// A row for each network on the screen; returns the rates over them, and the first winner of each.
Sculpt::Rates Sculpt::show_networks(RunWriter& writer, const Pruner& pruner, const Study& study,
                                    std::vector<Detection>& firsts) const {
  Table table{{"network", "pruned %", "weights", "live_units", "modules", "success", "as sparse",
               "of these succeed"},
              {}};
  Rates rates;
  for (const Selected& own : study.selected) {
    double succeed = 0, judged = 0, winners = 0;
    const Winner* first = nullptr;
    for (const Winner& winner : study.winners) {
      if (winner.network != own.network) continue;
      if (first == nullptr) first = &winner;
      ++winners;
      if (!winner.success) continue;
      ++judged;
      succeed += winner.success->all ? 1 : 0;
    }
    const bool good = first->success && first->success->all;
    table.add({own.network, pruner.cutter().pruned_percent(study.edges.networks, first->candidate),
               pruner.cutter().kept_weights(study.edges.networks, first->candidate),
               pruner.cutter().live_units(study.edges.networks, first->candidate),
               modules_text(first->found), first->success ? Cell(good ? "yes" : "no") : Cell(),
               static_cast<int64_t>(winners),
               judged > 0 ? Cell(static_cast<int64_t>(succeed)) : Cell()});
    firsts.push_back(first->found);
    ++rates.networks;
    rates.tied += winners > 1 ? 1 : 0;
    rates.all += judged > 0 ? succeed / judged : 0;
    rates.first += good ? 1 : 0;
  }
  writer.table("networks_pruned", table);
  writer.show(table);
  return rates;
}

void Sculpt::report(Experiment& experiment, const Pruner& pruner, const Study& study) const {
  RunWriter& writer = experiment.writer();
  std::vector<Detection> firsts;
  write_winners(writer, pruner, study);
  const Rates rates = show_networks(writer, pruner, study, firsts);
  const auto networks = static_cast<double>(rates.networks);
  writer.scalar("networks_with_ties", static_cast<double>(rates.tied));
  if (experiment.data().true_modules()) {
    writer.headline("success/first", rates.first / networks);
    writer.headline("success/ties", rates.all / networks);
    writer.say("Modules as the functions have them: " + number_text("%.0f", rates.first) + " of " +
               std::to_string(rates.networks) +
               " networks by the first of their sparsest prunings, " +
               number_text("%.2f", rates.all) + " by the mean over all that are as sparse (" +
               std::to_string(rates.tied) + " networks have several; tables/winners.csv).");
  }
  if (firsts.size() < 2) return;
  const MeanAgreement mean = mean_agreement(firsts);
  writer.scalar("stability/inputs", mean.inputs);
  writer.scalar("stability/outputs", mean.outputs);
  writer.scalar("stability/same_counts", mean.same_counts);
  writer.headline("stability/same_graph", mean.same_graph);
  writer.say("The same graph of modules in " + number_text("%.0f", 100 * mean.same_graph) +
             " % of the pairs of networks; adjusted Rand index of their inputs' modules " +
             number_text("%.2f", mean.inputs) + ", of their outputs' " +
             number_text("%.2f", mean.outputs) + ".");
}

void Sculpt::write_networks(RunWriter& writer, const Pruner& pruner, const Study& study) const {
  write_trials(writer, {{"units", &study.units}, {"edges", &study.edges}});
  write_candidates(writer, pruner.cutter(), study.edges, study.selected, study.accuracies);
  for (const Selected& own : study.selected) {
    const bool alone = study.selected.size() == 1;
    const std::string said = write_network(
        writer, alone ? "" : "networks/" + std::to_string(own.network) + "/", pruner.cutter(),
        pruner.retrainer(), study.edges.networks, own.winners.front());
    if (alone) writer.say(said);
  }
}

// All that is known of one: the first network that could be pruned.
void Sculpt::report_one(Experiment& experiment, const Pruner& pruner, const Study& study) const {
  RunWriter& writer = experiment.writer();
  const auto shown = std::find_if(study.selected.begin(), study.selected.end(),
                                  [](const Selected& own) { return own.pruned; });
  if (shown == study.selected.end()) {
    writer.say(
        "No network could be pruned with the accuracy that is asked for: train longer, or "
        "lower --method.accuracy.");
    return;
  }
  const Retrainer& judge = pruner.retrainer();
  const int64_t best = shown->winners.front(), place = shown - study.selected.begin();
  OneResult numbers;
  numbers.before = judge.accuracies(study.start.networks.at({place}), Split::validation).front();
  numbers.after = study.accuracies[static_cast<size_t>(best)];
  numbers.test = judge.accuracies(study.edges.networks.at({best}), Split::test).front();
  numbers.needed = study.edges.candidates[static_cast<size_t>(best)].needed;
  if (study.selected.size() > 1) writer.say("Of network " + std::to_string(shown->network) + ":");
  report_pruned(writer, pruner.cutter(), study.edges, *shown, numbers);
  const Wired all = wiring(experiment.network(), study.edges.networks, best);
  if (!has_path(detect_modules(all, options().rule()))) {
    writer.say(
        "No path of edges is left from the inputs to an output, so there are no modules: "
        "ask for a higher --method.accuracy.");
    return;
  }
  report_detection(experiment, all, options().rule(), options().wirings());
}

void Sculpt::run(Experiment& experiment) {
  check_prunable(experiment, options().retraining(experiment.plan()), true);
  ModelBase& model = experiment.network();
  const Restored restored(model);
  wired(unit_network(model, options().unit_choice()), 0);  // has an order
  PruneRule rule;
  options().retraining_rule(rule);
  options().unit_rule(rule);
  options().edge_rule(rule);
  Pruner pruner(experiment, model, rule, options().retraining(experiment.plan()));
  Study study = pruned(experiment, pruner);
  detect(experiment, study);
  write_networks(experiment.writer(), pruner, study);
  report(experiment, pruner, study);
  report_one(experiment, pruner, study);
}

}  // namespace modhost_sculpting
