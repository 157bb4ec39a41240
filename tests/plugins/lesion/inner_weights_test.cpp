// The weights inside of clusters, and what networks can do without them, beside slow loops.
#include "inner_weights.h"

#include <modhost/random.h>

#include <catch2/catch.hpp>
#include <numeric>

#include "ablation.h"
#include "unit_labels.h"
#include "unit_nets.h"
#include "unit_weights.h"

using namespace modhost;
using namespace modhost::test;
using namespace modhost_lesion;

namespace {

Tensor normals(const std::vector<int64_t>& shape, uint64_t seed) {
  RandomStream random(seed);
  Tensor out = torch::empty(shape, torch::kDouble);
  for (int64_t i = 0; i < out.numel(); ++i) out.data_ptr<double>()[i] = random.normal();
  return out;
}

void stir(Net& net) {
  net.to(torch::kDouble);
  const torch::NoGradGuard no_grad;
  uint64_t seed = 100;
  for (const Parameter& own : net.parameters()) {
    own.tensor().copy_(normals(own.tensor().sizes().vec(), ++seed));
  }
  net.require_gradients(false);
}

UnitNetwork whole(const ModelBase& model) {
  UnitChoice choice;
  choice.kinds = UnitKinds::all;
  return unit_network(model, choice);
}

Tensor marks(const NamedTensors& all, const std::string& name) {
  const Tensor* found = find(all, name);
  REQUIRE(found != nullptr);
  return *found;
}

// Groups: input 3, a 4, b 3, out 2.
std::unique_ptr<Net> mlp() {
  auto net = std::make_unique<Net>(of_features(3, 2));
  net->push<nn::LinearLayer>(-1, {}, "a", 3, 4);
  net->push<nn::ActivationLayer>(-1, {}, "relu_a", "relu");
  net->push<nn::LinearLayer>(-1, {}, "b", 4, 3);
  net->push<nn::ActivationLayer>(-1, {}, "relu_b", "relu");
  net->push<nn::LinearLayer>(-1, {}, "out", 3, 2);
  stir(*net);
  return net;
}
const UnitLabels kLabels = {0, 1, 0, 0, 1, 1, -1, 1, 0, 1, 0, 1};

// 60 samples in two groups (every third one is "third").
class Grouped : public Source {
 public:
  Grouped() {
    input_ = normals({size(), 3}, 3);
    target_ = normals({size(), 2}, 4).argmax(1);
  }
  int64_t size() const override { return 60; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor rows = torch::tensor(indices);
    return {input_.index_select(0, rows), target_.index_select(0, rows)};
  }
  std::vector<std::string> groups() const override { return {"other", "empty", "third"}; }
  int64_t group(int64_t index) const override { return index % 3 == 2 ? 2 : 0; }

 private:
  Tensor input_, target_;
};

}  // namespace

TEST_CASE("weights are inside when both ends are", "[inner]") {
  const auto net = mlp();
  const UnitNetwork network = whole(*net);
  const std::vector<std::vector<int64_t>> labels = {{0, 1, 0}, {0, 1, 1, -1}, {1, 0, 1}, {0, 1}};
  const std::vector<std::string> names = {"a.weight", "b.weight", "out.weight"};
  for (const bool last : {false, true}) {
    const InnerWeights inner(*net, network, last);
    CHECK(inner.names() == names);
    double count = 0, sum = 0;
    for (const int64_t label : {0, 1}) {
      const NamedTensors found = inner.inside(units_of(network, kLabels, label));
      for (size_t layer = 0; layer < 3; ++layer) {
        const Tensor own = marks(found, names[layer]);
        const Tensor weight = *find(net->state(), names[layer]);
        for (int64_t to = 0; to < own.size(0); ++to) {
          for (int64_t from = 0; from < own.size(1); ++from) {
            const bool expected = labels[layer + 1][static_cast<size_t>(to)] == label &&
                                  labels[layer][static_cast<size_t>(from)] == label &&
                                  (last || layer < 2);
            CHECK(own[to][from].item<bool>() == expected);
            count += expected ? 1 : 0;
            sum += expected ? std::abs(weight[to][from].item<double>()) : 0;
          }
        }
      }
      const Weighed found_sum = weighed(*net, found);
      count -= found_sum.count;
      sum -= found_sum.sum;
    }
    CHECK(count == 0);
    CHECK(std::abs(sum) < 1e-12);
    CHECK(weighed(*net, inner.all()).count == (last ? 12 + 12 + 6 : 12 + 12));
  }
}

TEST_CASE("channels take all taps and all positions with them", "[inner]") {
  Net net(of_images({1, 3, 3}, 2));
  net.push<nn::Conv2dLayer>(0, {}, "a", 1, 2, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net.push<nn::FlattenLayer>(0, {}, "flatten");
  net.push<nn::LinearLayer>(-1, {}, "b", 18, 3);
  net.push<nn::LinearLayer>(-1, {}, "c", 3, 2);
  stir(net);
  const UnitNetwork network = whole(net);
  const InnerWeights inner(net, network, false);
  // input, a0 a1, b0 b1 b2, c0 c1
  const UnitLabels labels = {0, 1, 0, 0, 1, 0, 1, 1};
  const NamedTensors found = inner.inside(units_of(network, labels, 0));
  Tensor conv = torch::zeros({2, 1, 3, 3}, torch::kBool),
         dense = torch::zeros({3, 18}, torch::kBool);
  conv[1].fill_(true);
  for (const int64_t unit : {0, 2}) dense[unit].slice(0, 9, 18).fill_(true);
  CHECK(marks(found, "a.weight").equal(conv));
  CHECK(marks(found, "b.weight").equal(dense));
  CHECK_FALSE(marks(found, "c.weight").any().item<bool>());
}

TEST_CASE("all gates of a unit, and layers that are added up", "[inner]") {
  Net net(Signature{Input::sequence, {5, 3}, Output::classes, {2}, 0, {}});
  net.add_layer("lstm", nn::Lstm::make(3, 4).layer());
  net.add_layer("out", nn::Linear::make(4, 2).layer());
  net.join("", "lstm", joint::same(3));
  net.join("lstm", "out", joint::same(4));
  const UnitNetwork network = whole(net);
  const InnerWeights inner(net, network, false);
  UnitLabels labels(3 + 4 + 2, 1);
  labels[2] = labels[3 + 1] = labels[3 + 3] = 0;
  for (const auto& [name, found] : inner.inside(units_of(network, labels, 0))) {
    if (found.size(0) != 16) continue;
    const bool recurrent = found.size(1) == 4;
    for (int64_t row = 0; row < 16; ++row) {
      for (int64_t column = 0; column < found.size(1); ++column) {
        const bool from = recurrent ? column % 2 == 1 : column == 2;
        CHECK(found[row][column].item<bool>() == (row % 2 == 1 && from));
      }
    }
  }
  Net sums(of_features(4, 2));
  sums.push<nn::LinearLayer>(-1, {}, "a", 4, 5);
  sums.push<nn::LinearLayer>(-1, {}, "b", 5, 5);
  sums.push<nn::LinearLayer>(-1, {"a", "b"}, "c", 5, 2);
  const UnitNetwork added = whole(sums);  // input 4, a 5 (with b), c 2
  REQUIRE(added.groups.size() == 3);
  UnitLabels two(11, 1);
  two[4] = two[6] = 0;
  const Tensor b =
      marks(InnerWeights(sums, added, false).inside(units_of(added, two, 0)), "b.weight");
  CHECK(b.sum().item<int64_t>() == 4);
  for (const int64_t to : {0, 2}) CHECK((b[to][0].item<bool>() && b[to][2].item<bool>()));
}

TEST_CASE("a weight that serves several pairs goes only with all of them", "[inner]") {
  // Units 0 and 2 of the input arrive at input 0 of the shared layer, 1 and 3 at input 1.
  Net net(of_features(4, 2));
  net.add_layer("shared", nn::Linear::make(2, 2).layer());
  net.add_layer("out", nn::Linear::make(2, 2).layer());
  net.join("", "shared", joint::chunked(4, 2));
  net.join("shared", "out", joint::same(2));
  const UnitNetwork network = whole(net);
  const InnerWeights inner(net, network, false);
  const auto found = [&](const UnitLabels& labels) {
    return marks(inner.inside(units_of(network, labels, 0)), "shared.weight");
  };
  CHECK_FALSE(found({0, 1, 1, 1, 0, 0, 1, 1}).any().item<bool>());
  CHECK(found({0, 1, 0, 1, 0, 1, 1, 1}).equal(torch::tensor({{true, false}, {false, false}})));
}

TEST_CASE("permuted labels keep the sizes in each layer, and where there are none", "[labels]") {
  const auto net = mlp();
  const UnitNetwork network = whole(*net);
  bool moved = false;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const UnitLabels drawn = permuted_labels(network, kLabels, seed);
    CHECK(drawn == permuted_labels(network, kLabels, seed));
    moved = moved || drawn != kLabels;
    CHECK(drawn[6] == kNoCluster);
    for (const int64_t label : {0, 1}) {
      const auto own = units_of(network, kLabels, label), random = units_of(network, drawn, label);
      for (size_t group = 0; group < own.size(); ++group) {
        CHECK(own[group].size() == random[group].size());
      }
    }
  }
  CHECK(moved);
  CHECK(can_permute(network, kLabels, 0));
  CHECK_FALSE(can_permute(network, kLabels, 7));
  CHECK_FALSE(can_permute(network, UnitLabels(12, 0), 0));
  UnitLabels layers(12, kNoCluster);
  std::fill(layers.begin() + 3, layers.begin() + 6, 0);
  CHECK_FALSE(can_permute(network, layers, 0));
  CHECK(labels_in(kLabels) == std::vector<int64_t>{0, 1});
  CHECK(cluster_name({"add"}, 0) == "add");
  CHECK(cluster_name({"add"}, 1) == "1");
  const std::vector<UnitGroup> some = {network.groups[2]};
  CHECK(spread_labels(network, some, {4, 5, 6}) ==
        UnitLabels{-1, -1, -1, -1, -1, -1, -1, 4, 5, 6, -1, -1});
}

TEST_CASE("ablations are the slow loop", "[ablation]") {
  const auto net = mlp();
  const UnitNetwork network = whole(*net);
  const auto source = std::make_shared<Grouped>();
  EvaluateOptions how;
  how.batch_size = 7;
  const TestParts test(*net, source, how);
  CHECK(test.names() == std::vector<std::string>{"all", "other", "third"});
  AblationPlan plan{kLabels, 5, false, 4, 11};
  CHECK(networks_of(network, plan) == 12);
  int64_t finished = 0;
  const Ablations found =
      ablations(*net, network, test, plan, [&](int64_t count) { finished += count; });
  CHECK(finished == 12);
  REQUIRE(found.clusters.size() == 2);
  const torch::NoGradGuard no_grad;
  const auto check_one = [&](const Ablated& own, const UnitLabels& labels, int64_t label) {
    NamedTensors before;
    for (auto& [name, tensor] : net->state()) before.emplace_back(name, tensor.clone());
    int64_t removed = 0;
    double sum = 0, all = 0;
    int64_t first = 0;
    for (const std::string name : {"a.weight", "b.weight"}) {
      Tensor weight = *find(net->state(), name);
      const int64_t in = weight.size(1);
      for (int64_t to = 0; to < weight.size(0); ++to) {
        for (int64_t from = 0; from < in; ++from) {
          all += std::abs(weight[to][from].item<double>());
          if (labels[static_cast<size_t>(first + in + to)] != label) continue;
          if (labels[static_cast<size_t>(first + from)] != label) continue;
          sum += std::abs(weight[to][from].item<double>());
          weight[to][from] = 0;
          ++removed;
        }
      }
      first += in;
    }
    const Evaluation truth = evaluate(*net, *source, how);
    CHECK(own.weights == removed);
    CHECK(own.share == Approx(sum / all).epsilon(1e-12));
    CHECK(own.parts[0].accuracy == Approx(truth.accuracy).epsilon(1e-12));
    CHECK(own.parts[0].loss == Approx(truth.loss).epsilon(1e-12));
    CHECK(own.parts[1].accuracy == Approx(truth.group_accuracy.at("other")).epsilon(1e-12));
    CHECK(own.parts[2].accuracy == Approx(truth.group_accuracy.at("third")).epsilon(1e-12));
    CHECK((2 * own.parts[1].loss + own.parts[2].loss) / 3 == Approx(truth.loss).epsilon(1e-12));
    net->load_state(before);
  };
  for (const Ablation& cluster : found.clusters) {
    check_one(cluster.own, kLabels, cluster.label);
    REQUIRE(cluster.controls.size() == 5);
    for (uint64_t draw = 0; draw < 5; ++draw) {
      check_one(cluster.controls[draw], permuted_labels(network, kLabels, derive_seed(11, draw)),
                cluster.label);
    }
  }
  CHECK(found.whole[0].loss == Approx(evaluate(*net, *source, how).loss).epsilon(1e-12));
}

TEST_CASE("a test of an ablation looks at accuracy, or at the loss of real values", "[ablation]") {
  Ablation ablation{0, 4, {2, 0.1, {{0.5, 3}}}, {}};
  for (const double accuracy : {0.5, 0.7, 0.9})
    ablation.controls.push_back({2, 0.1, {{accuracy, 1}}});
  const AblationTest by_accuracy = tested(ablation, 0, false), by_loss = tested(ablation, 0, true);
  CHECK(by_accuracy.p == 0.25);
  CHECK(by_accuracy.p_tied == 0.5);
  CHECK(by_loss.p_tied == 0.25);
  CHECK(by_accuracy.accuracy.mean == Approx(0.7));
}

TEST_CASE("mean weights into and out of units", "[unit_weights]") {
  const auto net = mlp();
  const UnitNetwork network = whole(*net);
  const UnitWeights weights(*net, network);
  const Tensor a = *find(net->state(), "a.weight"), b = *find(net->state(), "b.weight");
  const Tensor units = torch::tensor({1, 3});
  const MeanWeights found = weights(1, {1, 3});
  CHECK(*found.inbound == Approx(a.index_select(0, units).abs().mean().item<double>()));
  CHECK(*found.outbound == Approx(b.index_select(1, units).abs().mean().item<double>()));
  CHECK_FALSE(weights(0, {0}).inbound);
  CHECK_FALSE(weights(3, {0}).outbound);
  CHECK_FALSE(weights(1, {}).inbound);

  Net cnn(of_images({1, 3, 3}, 2));
  cnn.push<nn::Conv2dLayer>(0, {}, "a", 1, 2, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  cnn.push<nn::FlattenLayer>(0, {}, "flatten");
  cnn.push<nn::LinearLayer>(-1, {}, "b", 18, 3);
  stir(cnn);
  const MeanWeights channel = UnitWeights(cnn, whole(cnn))(1, {1});
  const Tensor conv = *find(cnn.state(), "a.weight"), dense = *find(cnn.state(), "b.weight");
  CHECK(*channel.inbound == Approx(conv[1].abs().mean().item<double>()));
  CHECK(*channel.outbound == Approx(dense.slice(1, 9, 18).abs().mean().item<double>()));
}
