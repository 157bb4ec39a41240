#include "pruner.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/loss.h>
#include <modhost/random.h>

#include <algorithm>
#include <chrono>
#include <numeric>

#include "search_state.h"

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// Between two files of the state: what a kill costs at most, besides the round it falls in.
constexpr double kSecondsUnsaved = 1;

std::vector<int64_t> unfinished(const std::vector<ShareSearch>& searches) {
  std::vector<int64_t> out;
  for (size_t i = 0; i < searches.size(); ++i) {
    if (!searches[i].done()) out.push_back(static_cast<int64_t>(i));
  }
  return out;
}

}  // namespace

void check_prunable(const Experiment& experiment, const TrainPlan& plan, bool units) {
  const ModelBase& model = experiment.architecture();
  check(has_accuracy(model.signature()), ErrorCode::config,
        "pruning goes on while the network answers right, and " + model.signature().text() +
            " has no right answers",
        "take a dataset of classes, bits or tokens");
  check(experiment.data().all(Split::validation)->size() > 0, ErrorCode::config,
        "pruning looks at the accuracy on the validation split, and there are no " +
            experiment.data().unit() + " in it");
  check(plan.epochs > 0, ErrorCode::config, "a pruned network is trained for 0 epochs",
        "say how many: --method.epochs 10");
  check(!units || hidden_units(model) > 0, ErrorCode::config,
        "no units can be pruned: this network has no hidden ones", "take --method prune_edges");
}

Pruner::Pruner(Experiment& experiment, ModelBase& model, const PruneRule& rule,
               const TrainPlan& plan)
    : experiment_(experiment), rule_(rule), cutter_(model), retrainer_(experiment, model, plan) {}

std::vector<double> Pruner::needed(const Networks& networks) const {
  if (!rule_.relative) {
    return std::vector<double>(static_cast<size_t>(networks.size()), rule_.accuracy);
  }
  std::vector<double> out = retrainer_.accuracies(networks, Split::validation);
  for (double& accuracy : out) accuracy *= rule_.accuracy;
  return out;
}

// Of the order and the noise of the samples. Every way to prune has its own, so that those of one
// network do not all have the same luck.
uint64_t Pruner::order_seed(const std::string& stage, const Candidate& candidate) const {
  std::string purpose = "pruning/" + stage;
  for (const double gradient : candidate.path) purpose += "/" + number_text("%.17g", gradient);
  purpose += "/" + number_text("%.17g", candidate.gradient);
  return experiment_.network_seed(candidate.network, purpose);
}

void Pruner::tell(const std::vector<ShareSearch>& searches, int64_t round) {
  double reached = 0, done = 0;
  for (const ShareSearch& search : searches) {
    reached += search.reached() / static_cast<double>(searches.size());
    done += search.done() ? 1 : 0;
  }
  experiment_.progress().update(static_cast<int64_t>(done),
                                {{"round", static_cast<double>(round)}, {"pruned %", reached}});
}

Pruned Pruner::search(const std::string& stage, Pruned start, std::vector<ShareSearch> searches,
                      const Cut& cut, const std::function<void(int64_t)>& accepted) {
  SearchState state(experiment_.writer().folder(), stage);
  std::vector<int64_t> all(searches.size());
  std::iota(all.begin(), all.end(), int64_t{0});
  start.networks = start.networks.at(all);  // the caller's stay as they are
  start.trials.resize(searches.size());
  int64_t round = state.load(start, searches);
  experiment_.progress().begin("pruning " + stage, static_cast<int64_t>(searches.size()),
                               "searches", 0);
  using Clock = std::chrono::steady_clock;
  auto saved = Clock::now();
  for (std::vector<int64_t> active; !(active = unfinished(searches)).empty(); ++round) {
    Networks trial = start.networks.at(active);
    std::vector<double> targets;
    std::vector<uint64_t> seeds;
    for (const int64_t at : active) {
      const ShareSearch& own = searches[static_cast<size_t>(at)];
      targets.push_back(own.target());
      seeds.push_back(derive_seed(order_seed(stage, start.candidates[static_cast<size_t>(at)]),
                                  static_cast<uint64_t>(own.trials())));
    }
    cut(trial, active, targets);
    try {
      retrainer_.train(trial, seeds, "pruning/" + stage + "/" + std::to_string(round));
    } catch (const Error&) {
      state.save(start, round);  // stopped in the middle of it
      throw;
    }
    const std::vector<double> accuracies = retrainer_.accuracies(trial, Split::validation);
    std::vector<int64_t> to, from;
    for (size_t i = 0; i < active.size(); ++i) {
      const auto at = static_cast<size_t>(active[i]);
      const bool good = accuracies[i] >= start.candidates[at].needed;
      searches[at].judge(good);
      start.trials[at].push_back({targets[i], accuracies[i], good});
      if (!good) continue;
      to.push_back(active[i]);
      from.push_back(static_cast<int64_t>(i));
      accepted(active[i]);
    }
    start.networks.take(to, trial, from);
    tell(searches, round);
    const bool last = unfinished(searches).empty();
    const std::chrono::duration<double> since = Clock::now() - saved;
    const bool stops = experiment_.stop().requested();
    if (last || stops || since.count() >= kSecondsUnsaved) {
      state.save(start, round + 1);
      saved = Clock::now();
    }
    check(!stops || last, ErrorCode::interrupted, "interrupted while pruning");
  }
  experiment_.progress().end("");
  for (size_t i = 0; i < start.trials.size(); ++i) {
    const std::vector<Trial>& own = start.trials[i];
    start.candidates[i].pruned |=
        std::any_of(own.begin(), own.end(), [](const Trial& trial) { return trial.accepted; });
  }
  return start;
}

Pruned Pruner::units(Networks networks, std::vector<Candidate> candidates) {
  const double smallest = 100.0 / static_cast<double>(cutter_.hidden_units());
  std::vector<ShareSearch> searches;
  for (const Candidate& candidate : candidates) {
    searches.emplace_back(
        Schedule{rule_.unit_shape, candidate.gradient, rule_.unit_iterations, 0, false}, smallest);
  }
  UnitScoreChoice how;
  how.device = experiment_.device();
  const auto samples = experiment_.data().all(Split::validation);
  std::vector<std::vector<double>> scores(candidates.size());  // of a network as it is now
  const Cut cut = [&](Networks& trial, const std::vector<int64_t>& active,
                      const std::vector<double>& targets) {
    std::vector<int64_t> unknown;  // positions in `active`
    for (size_t i = 0; i < active.size(); ++i) {
      if (scores[static_cast<size_t>(active[i])].empty())
        unknown.push_back(static_cast<int64_t>(i));
    }
    if (!unknown.empty()) {
      auto found = unit_scores(cutter_, trial.at(unknown), *samples, rule_.metric, rule_.norm, how);
      for (size_t i = 0; i < unknown.size(); ++i) {
        scores[static_cast<size_t>(active[static_cast<size_t>(unknown[i])])] = std::move(found[i]);
      }
    }
    std::vector<std::vector<double>> own;
    for (const int64_t at : active) own.push_back(scores[static_cast<size_t>(at)]);
    cutter_.cut_units(trial, own, targets);
  };
  return search("units", {std::move(networks), std::move(candidates), {}}, std::move(searches), cut,
                [&](int64_t at) { scores[static_cast<size_t>(at)].clear(); });
}

Pruned Pruner::edges(Networks networks, std::vector<Candidate> candidates, bool continued) {
  const double smallest = 100.0 / static_cast<double>(cutter_.weights());
  std::vector<ShareSearch> searches;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const double initial = cutter_.pruned_percent(networks, static_cast<int64_t>(i));
    searches.emplace_back(Schedule{rule_.edge_shape, candidates[i].gradient, rule_.edge_iterations,
                                   initial, continued},
                          smallest);
  }
  const Cut cut = [&](Networks& trial, const std::vector<int64_t>&,
                      const std::vector<double>& targets) { cutter_.cut_edges(trial, targets); };
  return search("edges", {std::move(networks), std::move(candidates), {}}, std::move(searches), cut,
                [](int64_t) {});
}

Networks Pruner::trained_on(const Networks& networks, const std::vector<Candidate>& candidates) {
  SearchState state(experiment_.writer().folder(), "between");
  Pruned out{networks, candidates, std::vector<std::vector<Trial>>(candidates.size())};
  std::vector<ShareSearch> none;
  if (state.load(out, none) > 0) return out.networks;
  std::vector<int64_t> all(candidates.size());
  std::iota(all.begin(), all.end(), int64_t{0});
  Networks trial = networks.at(all);
  std::vector<uint64_t> seeds;
  for (const Candidate& candidate : candidates) {
    seeds.push_back(order_seed("between", candidate));
  }
  retrainer_.train(trial, seeds, "pruning/between/0");
  const std::vector<double> accuracies = retrainer_.accuracies(trial, Split::validation);
  std::vector<int64_t> good;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (accuracies[i] >= candidates[i].needed) good.push_back(static_cast<int64_t>(i));
  }
  out.networks = networks.at(all);
  out.networks.take(good, trial, good);
  state.save(out, 1);
  return out.networks;
}

}  // namespace modhost_sculpting
