// Whole prunings of small networks of truth tables.
#include "pruner.h"

#include <modhost/error.h>
#include <modhost/evaluate.h>
#include <modhost/nn.h>
#include <modhost/random.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "prune_methods.h"
#include "selection.h"
#include "smaller.h"

using namespace modhost;
using namespace modhost_sculpting;
using Catch::Contains;

namespace {

// The parity of two bits and its negation, of each of two pairs.
class TwoPairs : public DatasetBase {
 public:
  explicit TwoPairs(int64_t stop_after = -1, StopSignal* stop = nullptr)
      : rows_(std::make_shared<Rows>(stop_after, stop)) {}
  Signature signature() const override { return {Input::features, {4}, Output::bits, {4}}; }
  std::vector<Task> tasks() const override { return {}; }
  std::string describe() const override { return "16 rows"; }
  double chance() const override { return 0.5; }
  std::shared_ptr<const Source> all(Split) const override { return rows_; }
  std::shared_ptr<const Source> task(const std::string&, Split) const override { return rows_; }

 private:
  struct Rows : Source {
    Rows(int64_t after, StopSignal* signal) : left(after), stop(signal) {}
    int64_t size() const override { return 16; }
    Batch load(const std::vector<int64_t>& indices) const override {
      Tensor x = torch::zeros({static_cast<int64_t>(indices.size()), 4});
      for (size_t i = 0; i < indices.size(); ++i) {
        for (int64_t bit = 0; bit < 4; ++bit) {
          x[static_cast<int64_t>(i)][bit] = static_cast<float>(indices[i] >> (3 - bit) & 1);
        }
      }
      const Tensor a = (x.select(1, 0) - x.select(1, 1)).abs();
      const Tensor b = (x.select(1, 2) - x.select(1, 3)).abs();
      return {x, torch::stack({a, 1 - a, b, 1 - b}, 1)};
    }
    Batch drawn(const std::vector<int64_t>& indices, const std::vector<uint64_t>&) const override {
      if (stop != nullptr && left-- == 0) stop->request();
      return load(indices);
    }
    mutable int64_t left;
    StopSignal* stop;
  };
  std::shared_ptr<const Rows> rows_;
};

constexpr int64_t kHidden = 24;

struct Mlp : ModelBase {
  nn::Linear first, second;
  Mlp(const Signature& signature, int64_t hidden) : ModelBase(Build{signature, {}, {}}) {
    first = add<nn::Linear>("first", 4, hidden);
    second = add<nn::Linear>("second", hidden, 4);
    first->set_init("weight", init::normal(std::sqrt(0.5)));
    second->set_init("weight", init::normal(std::sqrt(2.0 / static_cast<double>(hidden))));
    join("", "first", joint::same(4));
    join("first", "second", joint::same(hidden));
  }
  Tensor forward(const Batch& batch) override { return second(torch::relu(first(batch.input))); }
};

// A normalisation, then one layer for three pairs of units: unit u of it is there three times.
struct Sharing : ModelBase {
  nn::Linear first, shared, last;
  nn::LayerNorm norm;
  Sharing(const Signature& signature, int64_t units) : ModelBase(Build{signature, {}, {}}) {
    first = add<nn::Linear>("first", 4, 6);
    norm = add<nn::LayerNorm>("norm", 6);
    shared = add<nn::Linear>("shared", 2, units);
    last = add<nn::Linear>("last", 3 * units, 4);
    join("", "first", joint::same(4));
    join("first", "norm", joint::same(6));
    join("norm", "shared", joint::chunked(6, 2));
    joint::Pairs places;
    for (int64_t input = 0; input < 3 * units; ++input) places.emplace_back(input % units, input);
    join("shared", "last", places);
  }
  Tensor forward(const Batch& batch) override {
    const Tensor pairs = torch::relu(norm(first(batch.input))).view({-1, 3, 2});
    return last(torch::relu(shared(pairs)).flatten(1));
  }
};

std::filesystem::path fresh_folder() {
  static int number = 0;
  const auto path =
      std::filesystem::temp_directory_path() /
      ("modhost-pruner-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

struct Run {
  explicit Run(const std::filesystem::path& path = fresh_folder(), int64_t seeds = 2,
               int64_t stop_after = -1) {
    plan.lr = 0.05;
    plan.batch_size = 8;
    plan.epochs = 15;
    plan.weight_decay = 1e-4;
    Experiment::Parts parts;
    parts.dataset = std::make_shared<TwoPairs>(stop_after, &stop);
    parts.model = std::make_unique<Mlp>(parts.dataset->signature(), kHidden);
    parts.plan = plan;
    parts.seeds = seeds;
    parts.folder = path;
    parts.progress = &progress;
    parts.stop = &stop;
    experiment = std::make_unique<Experiment>(std::move(parts));
  }

  // All candidates of units and edges.
  Pruned all(const PruneRule& rule, const std::vector<double>& units,
             const std::vector<double>& edges) {
    ModelBase& model = experiment->network();
    pruner = std::make_unique<Pruner>(*experiment, model, rule, plan);
    const Pruned start = unpruned_networks(*experiment, *pruner);
    return prune_edges(*pruner, prune_units(*pruner, start, units), edges, true);
  }

  Progress progress;
  StopSignal stop;
  TrainPlan plan;
  std::unique_ptr<Experiment> experiment;
  std::unique_ptr<Pruner> pruner;
};

void check_same(const Networks& a, int64_t at_a, const Networks& b, int64_t at_b) {
  for (size_t i = 0; i < a.kept.size(); ++i) {
    INFO(a.kept[i].first);
    CHECK(torch::equal(a.kept[i].second[at_a], b.kept[i].second[at_b]));
  }
  for (size_t i = 0; i < a.values.size(); ++i) {
    INFO(a.values[i].first);
    CHECK((a.values[i].second[at_a] - b.values[i].second[at_b]).abs().max().item<double>() < 1e-4);
  }
}

}  // namespace

TEST_CASE("what is pruned answers right, and every accepted trial did", "[pruner]") {
  Run run;
  const Pruned found = run.all({}, {70, 40}, {2.5, 1});
  REQUIRE(found.candidates.size() == 8);
  CHECK(found.candidates[3].path == std::vector<double>{40});
  CHECK(found.candidates[3].gradient == 1);
  const auto accuracies = run.pruner->retrainer().accuracies(found.networks, Split::test);
  for (size_t i = 0; i < 8; ++i) {
    CHECK(accuracies[i] == 1);
    CHECK(run.pruner->cutter().pruned_percent(found.networks, static_cast<int64_t>(i)) > 60);
    double reached = 0;
    for (const Trial& trial : found.trials[i]) {
      CHECK(trial.accepted == (trial.accuracy >= 1));
      if (trial.accepted) reached = trial.target;
    }
    // floor((n - 1) P / 100) + 1 of n weights go.
    const auto weights = static_cast<double>(run.pruner->cutter().weights());
    CHECK(run.pruner->cutter().pruned_percent(found.networks, static_cast<int64_t>(i)) >=
          reached * (weights - 1) / weights - 1e-9);
  }
  for (const auto& [name, mask] : found.networks.kept) {
    const Tensor values = *find(found.networks.values, name);
    CHECK(values.masked_select(mask.logical_not()).abs().sum().item<double>() == 0);
  }
}

TEST_CASE("together every candidate is what it is alone", "[pruner]") {
  Run together;
  const Pruned all = together.all({}, {70, 40}, {2.5, 1});
  for (int64_t network = 0; network < 2; ++network) {
    Run alone(fresh_folder(), 2);
    ModelBase& model = alone.experiment->network();
    Pruner pruner(*alone.experiment, model, {}, alone.plan);
    const Networks whole =
        pruner.cutter().whole({alone.experiment->networks()[static_cast<size_t>(network)]});
    Candidate one;
    one.network = network;
    const Pruned own =
        prune_edges(pruner, prune_units(pruner, {whole, {one}, {}}, {40}), {1}, true);
    const int64_t at = network * 4 + 3;
    check_same(own.networks, 0, all.networks, at);
    CHECK(own.trials[0].size() == all.trials[static_cast<size_t>(at)].size());
  }
}

TEST_CASE("a pruning that is stopped goes on with the same result", "[pruner]") {
  Run whole;
  const Pruned wanted = whole.all({}, {50}, {2});
  const auto folder = fresh_folder();
  int64_t stops = 0;
  for (bool done = false; !done && stops < 200;) {
    Run part(folder, 2, 17);  // in the middle of trainings, on and on
    try {
      part.all({}, {50}, {2});
      done = true;
    } catch (const Error& error) {
      REQUIRE(error.code() == ErrorCode::interrupted);
      ++stops;
    }
  }
  CHECK(stops > 20);
  CHECK(stops < 200);
  Run last(folder);
  const Pruned found = last.all({}, {50}, {2});
  for (int64_t i = 0; i < 2; ++i) {
    for (size_t t = 0; t < wanted.networks.values.size(); ++t) {
      CHECK(torch::equal(found.networks.values[t].second[i], wanted.networks.values[t].second[i]));
    }
    CHECK(found.trials[static_cast<size_t>(i)].size() ==
          wanted.trials[static_cast<size_t>(i)].size());
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("the checkpoint of another pruning is refused", "[pruner]") {
  const auto folder = fresh_folder();
  Run(folder).all({}, {50}, {2});
  Run other(folder);
  CHECK_THROWS_WITH(other.all({}, {50, 40}, {2}), Contains("belongs to another pruning"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("nothing is pruned where no accuracy is enough", "[pruner]") {
  Run run;
  PruneRule rule;
  rule.accuracy = 1.5;
  const Pruned found = run.all(rule, {70}, {2.5});
  for (const Candidate& candidate : found.candidates) CHECK_FALSE(candidate.pruned);
  CHECK(run.pruner->cutter().pruned_percent(found.networks, 0) == 0);
  const auto selected = select(run.pruner->cutter(), found);
  REQUIRE(selected.size() == 2);
  CHECK_FALSE(selected[0].pruned);
  CHECK(selected[1].winners == std::vector<int64_t>{1});
}

TEST_CASE("a share of the accuracy before is asked for", "[pruner]") {
  Run run;
  PruneRule rule;
  rule.accuracy = 0.75;
  rule.relative = true;
  const Pruned found = run.all(rule, {70}, {2.5});
  for (const Candidate& candidate : found.candidates) CHECK(candidate.needed <= 0.75);
  Run strict;
  const Pruned less = strict.all({}, {70}, {2.5});
  CHECK(run.pruner->cutter().kept_weights(found.networks, 0) <
        strict.pruner->cutter().kept_weights(less.networks, 0));
}

TEST_CASE("the best leave the fewest weights, and ties are all named", "[pruner]") {
  Run run;
  const Pruned found = run.all({}, {70, 60, 50}, {2.5, 2});
  const Cutter& cutter = run.pruner->cutter();
  for (const Selected& own : select(cutter, found)) {
    REQUIRE(own.all.size() == 6);
    int64_t fewest = cutter.weights();
    for (const int64_t at : own.all)
      fewest = std::min(fewest, cutter.kept_weights(found.networks, at));
    std::vector<int64_t> wanted;
    for (const int64_t at : own.all) {
      if (cutter.kept_weights(found.networks, at) == fewest) wanted.push_back(at);
    }
    CHECK(own.winners == wanted);
  }
}

TEST_CASE("a smaller network without the units that are gone computes the same", "[pruner]") {
  Run run;
  const Pruned found = run.all({}, {70}, {2.5});
  const auto less = smaller(run.pruner->cutter(), run.pruner->retrainer(), found.networks, 1);
  REQUIRE(less);
  REQUIRE(less->units.size() == 1);
  const int64_t left = less->units[0].second;
  CHECK(left == run.pruner->cutter().live_units(found.networks, 1));
  CHECK(left < kHidden);
  Mlp small({Input::features, {4}, Output::bits, {4}}, left);
  small.load_state(less->state);
  NamedTensors full;
  for (const auto& [name, values] : found.networks.values) full.emplace_back(name, values[1]);
  ModelBase& model = run.experiment->network();
  model.load_state(full);
  const TwoPairs data;
  const Batch batch = data.all(Split::test)->load({0, 3, 5, 9, 15});
  CHECK((model.forward(batch) - small.forward(batch)).abs().max().item<double>() < 1e-5);
}

TEST_CASE("units that share weights or a normalisation stay, silent, in a smaller network",
          "[pruner]") {
  Run run;
  const Signature signature{Input::features, {4}, Output::bits, {4}};
  Sharing model(signature, 5);
  model.initialize(3);
  NamedTensors state;
  for (const auto& [name, tensor] : model.state())
    state.emplace_back(name, tensor.detach().clone());
  Pruner pruner(*run.experiment, model, {}, run.plan);
  Networks networks = pruner.cutter().whole({state});
  // Units 1 and 4 of the first layer, 0 and 3 of the second.
  pruner.cutter().cut_units(networks, {{9, 1, 9, 9, 1, 9, 1, 9, 9, 1, 9}}, {30});
  const auto less = smaller(pruner.cutter(), pruner.retrainer(), networks, 0);
  REQUIRE(less);
  using Units = std::vector<std::pair<std::string, int64_t>>;
  CHECK(less->units == Units{{"first", 6}, {"shared", 3}});
  Sharing small(signature, 3);
  small.load_state(less->state);
  NamedTensors full;
  for (const auto& [name, values] : networks.values) full.emplace_back(name, values[0]);
  model.load_state(full);
  const TwoPairs data;
  const Batch batch = data.all(Split::test)->load({0, 3, 5, 9, 15});
  CHECK((model.forward(batch) - small.forward(batch)).abs().max().item<double>() < 1e-6);
}

TEST_CASE("the published loop, one network alone, comes to the same masks", "[pruner]") {
  Run run(fresh_folder(), 1);
  ModelBase& model = run.experiment->network();
  Pruner pruner(*run.experiment, model, {}, run.plan);
  const Cutter& cutter = pruner.cutter();
  const Networks whole = cutter.whole(run.experiment->networks());
  const Pruned found = prune_units(pruner, {whole, {Candidate()}, {}}, {50});
  // Section 3.1 of the study's program, written down as it is told.
  Run again(fresh_folder(), 1);
  Retrainer retrainer(*again.experiment, again.experiment->network(), again.plan);
  Networks current = whole.at({0});
  double last = 0, p = 0;
  bool follow = true;
  int64_t trial = 0;
  for (int64_t i = 1;; ++i) {
    const double target = follow ? 50.0 * static_cast<double>(i) : last + p;
    if (follow) p = target - last;
    bool good = false;
    if (target < 100) {
      Networks next = current.at({0});
      UnitScoreChoice how;
      const auto scores =
          unit_scores(cutter, next, *again.experiment->data().all(Split::validation),
                      UnitMetric::loss_gradient, ScoreNorm::none, how);
      cutter.cut_units(next, scores, {target});
      retrainer.train(next,
                      {derive_seed(again.experiment->network_seed(0, "pruning/units/50"),
                                   static_cast<uint64_t>(trial++))},
                      "by hand/" + std::to_string(i));
      good = retrainer.accuracies(next, Split::test)[0] >= 1;
      if (good) current = next;
    }
    if (good) {
      last = target;
    } else if (p > 100.0 / kHidden) {
      follow = false;
      p = std::max(p / 2, 100.0 / kHidden);
    } else {
      break;
    }
  }
  check_same(current, 0, found.networks, 0);
  CHECK(trial == static_cast<int64_t>(found.trials[0].size()));
}
