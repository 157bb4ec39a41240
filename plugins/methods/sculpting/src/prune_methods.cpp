#include "prune_methods.h"

#include <modhost/error.h>
#include <modhost/experiment.h>

#include <numeric>

#include "prune_report.h"

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// One of each network for each gradient, network after network.
std::vector<int64_t> repeated(int64_t networks, size_t times) {
  std::vector<int64_t> out;
  for (int64_t network = 0; network < networks; ++network) out.insert(out.end(), times, network);
  return out;
}

// The network as it was, as the only candidate.
Pruned unpruned(const Networks& networks, double needed, int64_t number) {
  Candidate whole;
  whole.network = number;
  whole.needed = needed;
  return {networks, {whole}, {{}}};
}

}  // namespace

std::vector<Candidate> with_gradients(const std::vector<Candidate>& before,
                                      const std::vector<double>& gradients) {
  std::vector<Candidate> out;
  for (const Candidate& one : before) {
    for (const double gradient : gradients) {
      Candidate next = one;
      if (one.gradient > 0) next.path.push_back(one.gradient);
      next.gradient = gradient;
      out.push_back(std::move(next));
    }
  }
  return out;
}

Pruned prune_units(Pruner& pruner, const Pruned& start, const std::vector<double>& gradients) {
  return pruner.units(start.networks.at(repeated(start.networks.size(), gradients.size())),
                      with_gradients(start.candidates, gradients));
}

Pruned prune_edges(Pruner& pruner, const Pruned& start, const std::vector<double>& gradients,
                   bool continued) {
  const Networks from =
      continued ? pruner.trained_on(start.networks, start.candidates) : start.networks;
  return pruner.edges(from.at(repeated(from.size(), gradients.size())),
                      with_gradients(start.candidates, gradients), continued);
}

void prune(Experiment& experiment, const PruneWork& work) {
  check_prunable(experiment, work.plan, !work.unit_gradients.empty());
  ModelBase& model = experiment.network();
  Pruner pruner(experiment, model, work.rule, work.plan);
  const Networks whole = pruner.cutter().whole({experiment.networks().at(0)});
  const double needed = pruner.needed(whole).front();
  Pruned result = unpruned(whole, needed, experiment.network_number(0));
  std::vector<Pruned> stages;
  std::vector<StageTrials> trials;
  std::vector<char> accepted;
  stages.reserve(2);
  if (!work.unit_gradients.empty()) {
    result = prune_units(pruner, result, work.unit_gradients);
    stages.push_back(result);
    trials.push_back({"units", &stages.back()});
    accepted = any_accepted(result.trials);
  }
  if (!work.edge_gradients.empty()) {
    const std::vector<char> before = accepted;
    result = prune_edges(pruner, result, work.edge_gradients, !before.empty());
    stages.push_back(result);
    trials.push_back({"edges", &stages.back()});
    accepted = any_accepted(result.trials);
    for (size_t i = 0; i < accepted.size() && !before.empty(); ++i) {
      accepted[i] |= before[i / work.edge_gradients.size()];
    }
  }
  const std::vector<Selected> selected = select(pruner.cutter(), result, accepted);
  const int64_t best = selected.front().winners.front();
  const std::vector<double> accuracies =
      pruner.retrainer().accuracies(result.networks, Split::validation);
  RunWriter& writer = experiment.writer();
  write_trials(writer, trials);
  write_candidates(writer, pruner.cutter(), result, selected, accuracies);
  OneResult numbers;
  numbers.before = pruner.retrainer().accuracies(whole, Split::validation).front();
  numbers.after = accuracies[static_cast<size_t>(best)];
  numbers.test = pruner.retrainer().accuracies(result.networks.at({best}), Split::test).front();
  numbers.needed = needed;
  report_pruned(writer, pruner.cutter(), result, selected.front(), numbers);
  writer.say(write_network(writer, "", pruner.cutter(), pruner.retrainer(), result.networks, best));
}

}  // namespace modhost_sculpting
