// Samples with noise that is new in each epoch and for each network.
#include <modhost/error.h>
#include <modhost/network_group.h>
#include <modhost/random.h>
#include <modhost/subset.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "network_runs.h"

using namespace modhost;
using namespace modhost::test;

namespace {

// Sample i is five times the number i, and in training noise besides; label i mod 3.
class Noisy : public Source {
 public:
  explicit Noisy(int64_t size, double offset = 0) : size_(size), offset_(offset) {}
  int64_t size() const override { return size_; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor numbers = torch::tensor(indices);
    return {(numbers.to(torch::kDouble) + offset_).unsqueeze(1).repeat({1, 5}),
            numbers.remainder(3)};
  }
  Batch drawn(const std::vector<int64_t>& indices,
              const std::vector<uint64_t>& draws) const override {
    REQUIRE(indices.size() == draws.size());
    Batch batch = load(indices);
    for (size_t i = 0; i < indices.size(); ++i) {
      asked[draws[i]].push_back(indices[i]);
      RandomStream random(derive_seed(draws[i], static_cast<uint64_t>(indices[i])));
      batch.input[static_cast<int64_t>(i)].add_(random.normal());
    }
    return batch;
  }
  mutable std::map<uint64_t, std::vector<int64_t>> asked;  // by draw

 private:
  int64_t size_;
  double offset_;
};

TrainPlan plan_of_three_epochs() {
  TrainPlan plan;
  plan.epochs = 3;
  plan.batch_size = 4;
  plan.lr = 0.02;
  return plan;
}

// Networks of these seeds on these data; their parameters.
NamedTensors trained(const std::vector<std::shared_ptr<const Source>>& data,
                     const std::vector<uint64_t>& seeds, const std::filesystem::path& folder,
                     int64_t stop_after = -1) {
  SmallFnn model({{Input::features, {5}, Output::classes, {3}}, {}, {}});
  model.to(torch::kDouble);
  std::vector<NetworkGroup::Seeds> of_networks;
  for (const uint64_t seed : seeds) of_networks.push_back({seed, seed + 100});
  NetworkGroup group(model, of_networks, [&](uint64_t seed) { model.initialize(seed); });
  StopSignal stop;
  TrainTask task;
  task.name = "networks";
  task.trained = group.trained();
  task.data = data;
  task.seeds = seeds;
  task.step = [&](const Batch& batch, int64_t step) {
    if (step + 1 == stop_after) stop.request();
    return group.step(batch, step);
  };
  Progress progress;
  std::filesystem::create_directories(folder);
  RunWriter writer(folder);
  Trainer(folder, &writer, &progress, &stop, 1e9).fit(task, plan_of_three_epochs());
  NamedTensors out;
  for (const auto& [name, tensor] : group.trained()) out.emplace_back(name, tensor.detach());
  return out;
}

NamedTensors one_of(const NamedTensors& all, int64_t network) {
  NamedTensors out;
  for (const auto& [name, tensor] : all) out.emplace_back(name, tensor.narrow(0, network, 1));
  return out;
}

}  // namespace

TEST_CASE("a collection without noise is drawn as it is loaded", "[dataset]") {
  class Plain : public Noisy {
    using Noisy::Noisy;
    Batch drawn(const std::vector<int64_t>& indices,
                const std::vector<uint64_t>& draws) const override {
      return Source::drawn(indices, draws);
    }
  };
  const Plain plain(9);
  const Batch found = static_cast<const Source&>(plain).drawn({4, 7, 4}, {1, 2, 3});
  CHECK(torch::equal(found.input, plain.load({4, 7, 4}).input));
  CHECK(torch::equal(found.target, torch::tensor({1, 1, 1})));
}

TEST_CASE("a training draws each sample once an epoch, with a draw of its own", "[train]") {
  const auto data = std::make_shared<Noisy>(13);  // 3 batches of 4
  const RunFolder folder;
  trained({data}, {5, 8}, folder.path / "a");
  REQUIRE(data->asked.size() == 2 * 3);  // networks, epochs
  for (const auto& [draw, indices] : data->asked) {
    CHECK(indices.size() == 12);
    CHECK(std::set<int64_t>(indices.begin(), indices.end()).size() == 12);
  }
  const auto again = std::make_shared<Noisy>(13);
  trained({again}, {5, 8}, folder.path / "b");
  CHECK(again->asked == data->asked);
}

TEST_CASE("networks trained together draw what each draws alone", "[networks]") {
  const RunFolder folder;
  const bool own_data = GENERATE(false, true);
  const auto source = [](int64_t network) {
    return std::make_shared<Noisy>(13, static_cast<double>(network));
  };
  const auto shared = std::make_shared<Noisy>(13);
  const std::vector<std::shared_ptr<const Source>> all{source(0), source(1), source(2)};
  const std::vector<uint64_t> seeds{5, 8, 9};
  const NamedTensors together = own_data ? trained(all, seeds, folder.path / "together")
                                         : trained({shared}, seeds, folder.path / "together");
  std::map<uint64_t, std::vector<int64_t>> asked;
  for (int64_t network = 0; network < 3; ++network) {
    const auto data = own_data ? source(network) : std::make_shared<Noisy>(13);
    const NamedTensors alone = trained({data}, {seeds[static_cast<size_t>(network)]},
                                       folder.path / std::to_string(network));
    CHECK(difference(one_of(together, network), alone) < kTolerance);
    CHECK(data->asked.size() == 3);
    asked.insert(data->asked.begin(), data->asked.end());
  }
  CHECK(asked.size() == 9);
  if (!own_data) CHECK(asked == shared->asked);
}

TEST_CASE("a training that was stopped goes on with the same draws", "[train]") {
  const RunFolder folder;
  const auto data = std::make_shared<Noisy>(13);
  const NamedTensors whole = trained({data}, {5, 8}, folder.path / "whole");
  for (const int64_t stop : {1, 3, 5, 8}) {
    const std::filesystem::path parts = folder.path / std::to_string(stop);
    const auto source = std::make_shared<Noisy>(13);
    CHECK_THROWS_AS(trained({source}, {5, 8}, parts, stop), Error);
    const NamedTensors resumed = trained({source}, {5, 8}, parts);
    CHECK(difference(resumed, whole) == 0);
    CHECK(source->asked == data->asked);
  }
}

TEST_CASE("parts of collections and joined ones pass draws on", "[dataset]") {
  const auto first = std::make_shared<Noisy>(6), second = std::make_shared<Noisy>(9, 50);
  const auto part = subset(first, {5, 2, 5});
  const Batch of_part = part->drawn({2, 1, 0}, {31, 32, 33});
  CHECK(torch::equal(of_part.input, first->drawn({5, 2, 5}, {31, 32, 33}).input));
  CHECK(torch::equal(of_part.target, torch::tensor({2, 2, 2})));
  CHECK_FALSE(torch::equal(of_part.input[0], of_part.input[2]));  // one sample, two draws

  const auto both = joined({first, second}, {"first", "second"});
  const Batch found = both->drawn({7, 0, 14, 3, 7}, {1, 2, 3, 4, 5});
  const Tensor expected = torch::cat({second->drawn({1}, {1}).input, first->drawn({0}, {2}).input,
                                      second->drawn({8}, {3}).input, first->drawn({3}, {4}).input,
                                      second->drawn({1}, {5}).input});
  CHECK(torch::equal(found.input, expected));
  CHECK(torch::equal(found.target, torch::tensor({1, 0, 2, 0, 1})));
  CHECK(torch::equal(both->load({7, 0}).input,
                     torch::cat({second->load({1}).input, first->load({0}).input})));
  CHECK(torch::equal(subset(both, {7, 0})->drawn({1, 0}, {2, 1}).input,
                     both->drawn({0, 7}, {2, 1}).input));
}
