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

}  // namespace

Pruned unpruned(const Pruner& pruner, const std::vector<NamedTensors>& states,
                const std::vector<int64_t>& numbers) {
  Pruned out{pruner.cutter().whole(states), {}, {}};
  const std::vector<double> needed = pruner.needed(out.networks);
  for (size_t i = 0; i < numbers.size(); ++i) {
    Candidate one;
    one.network = numbers[i];
    one.needed = needed[i];
    out.candidates.push_back(one);
  }
  return out;
}

Pruned unpruned_networks(Experiment& experiment, const Pruner& pruner) {
  const std::vector<NamedTensors> states = experiment.networks();
  std::vector<int64_t> numbers(states.size());
  std::iota(numbers.begin(), numbers.end(), int64_t{0});
  if (numbers.size() == 1) numbers = {experiment.network_number()};
  return unpruned(pruner, states, numbers);
}

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

namespace {

// Of the pruning of one network, what it leaves behind.
void report(Experiment& experiment, const Pruner& pruner, const Pruned& start,
            const Pruned& result) {
  const Cutter& cutter = pruner.cutter();
  const Retrainer& judge = pruner.retrainer();
  const std::vector<Selected> selected = select(cutter, result);
  const int64_t best = selected.front().winners.front();
  const std::vector<double> accuracies = judge.accuracies(result.networks, Split::validation);
  RunWriter& writer = experiment.writer();
  write_candidates(writer, cutter, result, selected, accuracies);
  OneResult numbers;
  numbers.before = judge.accuracies(start.networks, Split::validation).front();
  numbers.after = accuracies[static_cast<size_t>(best)];
  numbers.test = judge.accuracies(result.networks.at({best}), Split::test).front();
  numbers.needed = start.candidates.front().needed;
  report_pruned(writer, cutter, result, selected.front(), numbers);
  writer.say(write_network(writer, "", cutter, judge, result.networks, best));
}

}  // namespace

void prune(Experiment& experiment, const PruneWork& work) {
  check_prunable(experiment, work.plan, !work.unit_gradients.empty());
  ModelBase& model = experiment.network();
  Pruner pruner(experiment, model, work.rule, work.plan);
  const Pruned start = unpruned(pruner, {model.state()}, {experiment.network_number()});
  Pruned units = start, edges;
  std::vector<StageTrials> trials;
  if (!work.unit_gradients.empty()) {
    units = prune_units(pruner, start, work.unit_gradients);
    trials.push_back({"units", &units});
  }
  if (!work.edge_gradients.empty()) {
    edges = prune_edges(pruner, units, work.edge_gradients, !work.unit_gradients.empty());
    trials.push_back({"edges", &edges});
  }
  write_trials(experiment.writer(), trials);
  report(experiment, pruner, start, work.edge_gradients.empty() ? units : edges);
}

}  // namespace modhost_sculpting
