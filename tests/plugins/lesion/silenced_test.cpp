// Lesions as variants of the weights are what zeroing them by hand gives.
#include "silenced.h"

#include <modhost/random.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "scores.h"
#include "shared_prefix.h"
#include "unit_nets.h"

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

// 57 samples of random inputs and answers.
class Noise57 : public Source {
 public:
  Noise57(std::vector<int64_t> shape, int64_t outputs, bool values) {
    shape.insert(shape.begin(), size());
    input_ = normals(shape, 3);
    target_ = normals({size(), outputs}, 4);
    if (!values) target_ = target_.argmax(1);
  }
  int64_t size() const override { return 57; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor rows = torch::tensor(indices);
    return {input_.index_select(0, rows), target_.index_select(0, rows)};
  }

 private:
  Tensor input_, target_;
};

// Every parameter and statistic away from its initial value.
void stir(Net& net) {
  net.to(torch::kDouble);
  uint64_t seed = 100;
  for (auto& [name, tensor] : net.state()) {
    if (!tensor.is_floating_point()) continue;
    const torch::NoGradGuard no_grad;
    Tensor values = normals(tensor.sizes().vec(), ++seed);
    if (name.find("running_var") != std::string::npos) values = values.abs() + 0.5;
    tensor.copy_(values);
  }
  net.require_gradients(false);
}

std::unique_ptr<Net> mlp(Output output) {
  Signature signature = of_features(6, 4);
  signature.output = output;
  auto net = std::make_unique<Net>(signature);
  net->push<nn::LinearLayer>(-1, {}, "a", 6, 8);
  net->push<nn::ActivationLayer>(-1, {}, "relu_a", "relu");
  net->push<nn::LinearLayer>(-1, {}, "b", 8, 7);
  net->push<nn::ActivationLayer>(-1, {}, "relu_b", "relu");
  net->push<nn::LinearLayer>(-1, {}, "c", 7, 4);
  stir(*net);
  return net;
}

std::unique_ptr<Net> cnn() {
  auto net = std::make_unique<Net>(of_images({2, 5, 5}, 4));
  net->push<nn::Conv2dLayer>(0, {}, "a", 2, 6, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net->push<nn::BatchNorm2dLayer>(0, {}, "norm", 6);
  net->push<nn::ActivationLayer>(0, {}, "relu_a", "relu");
  net->push<nn::Conv2dLayer>(0, {}, "b", 6, 5, 3, ops::Conv2dGeometry{1, 0, 1, 1});
  net->push<nn::ActivationLayer>(0, {}, "relu_b", "relu");
  net->push<nn::FlattenLayer>(0, {}, "flatten");
  net->push<nn::LinearLayer>(-1, {}, "c", 45, 4);
  stir(*net);
  return net;
}

UnitNetwork whole(const ModelBase& model) {
  UnitChoice choice;
  choice.kinds = UnitKinds::all;
  return unit_network(model, choice);
}

int64_t group_of(const UnitNetwork& network, const std::string& name) {
  for (size_t i = 0; i < network.groups.size(); ++i) {
    if (network.groups[i].name == name) return static_cast<int64_t>(i);
  }
  FAIL("no group " << name);
  return -1;
}

// One after the other: rows of the named tensors set to 0, then back.
std::vector<Evaluation> by_hand(Net& net, const Source& source,
                                const std::vector<std::string>& tensors,
                                const std::vector<UnitSet>& sets, const EvaluateOptions& how) {
  const torch::NoGradGuard no_grad;
  std::vector<Evaluation> out;
  for (const UnitSet& set : sets) {
    NamedTensors before;
    for (auto& [name, tensor] : net.state()) {
      before.emplace_back(name, tensor.clone());
      if (std::find(tensors.begin(), tensors.end(), name) == tensors.end()) continue;
      for (const int64_t unit : set) tensor[unit].zero_();
    }
    out.push_back(evaluate(net, source, how));
    net.load_state(before);
  }
  return out;
}

void check_same(Net& net, const Source& source, const std::string& layer,
                const std::vector<std::string>& tensors, int64_t units) {
  const UnitNetwork network = whole(net);
  UnitSet live;
  for (int64_t unit = 0; unit < units; ++unit) live.push_back(unit);
  std::vector<UnitSet> sets{{0}, live};
  for (uint64_t draw = 0; draw < 9; ++draw) {
    sets.push_back(random_units(live, 1 + static_cast<int64_t>(draw) % (units - 1), draw));
  }
  EvaluateOptions how;
  how.batch_size = 20;
  Scorer scorer(net, network, source, how, 4);
  int64_t finished = 0;
  std::vector<UnitSets> lesions;
  for (const UnitSet& set : sets) lesions.push_back({{group_of(network, layer), set}});
  const auto scores = scorer(lesions, [&](int64_t n) { finished += n; });
  CHECK(finished == 11);
  how.confusion = net.signature().output == Output::classes;
  const auto truth = by_hand(net, source, tensors, sets, how);
  bool differ = false;
  for (size_t i = 0; i < sets.size(); ++i) {
    CAPTURE(i);
    const double expected = scorer.by_loss() ? truth[i].loss : truth[i].accuracy;
    CHECK(scores[i].overall == Approx(expected).epsilon(1e-12));
    differ = differ || expected != scorer.whole().overall;
    for (size_t part = 0; part < scores[i].parts.size(); ++part) {
      const int64_t row = std::stoll(scorer.part_names()[part]);
      const Tensor counts = truth[i].confusion[row];
      CHECK(scores[i].parts[part] == counts[row].item<double>() / counts.sum().item<double>());
    }
  }
  CHECK(differ);
  CHECK(scores[0].parts.size() == (scorer.by_loss() ? 0 : 4));
}

}  // namespace

TEST_CASE("a weight ensemble of lesions is the slow loop", "[silenced]") {
  SECTION("classes") {
    auto net = mlp(Output::classes);
    check_same(*net, Noise57({6}, 4, false), "a", {"a.weight", "a.bias"}, 8);
    check_same(*net, Noise57({6}, 4, false), "b", {"b.weight", "b.bias"}, 7);
  }
  SECTION("real values, by their loss") {
    auto net = mlp(Output::values);
    check_same(*net, Noise57({6}, 4, true), "b", {"b.weight", "b.bias"}, 7);
  }
  SECTION("around a residual connection, where rows cannot be shared") {
    Net net(of_features(4, 4));
    net.push<nn::LinearLayer>(-1, {}, "a", 4, 5);
    net.push<nn::LinearLayer>(-1, {}, "b", 5, 6);
    net.push<nn::ActivationLayer>(-1, {}, "relu_b", "relu");
    net.push<nn::LinearLayer>(-1, {}, "c", 6, 5);
    net.push<nn::LinearLayer>(-1, {"a", "c"}, "d", 5, 4);
    stir(net);
    check_same(net, Noise57({4}, 4, false), "b", {"b.weight", "b.bias"}, 6);
    check_same(net, Noise57({4}, 4, false), "a", {"a.weight", "a.bias", "c.weight", "c.bias"}, 5);
  }
  SECTION("channels, with the batch normalisation after them") {
    auto net = cnn();
    check_same(*net, Noise57({2, 5, 5}, 4, false), "a",
               {"a.weight", "a.bias", "norm.weight", "norm.bias"}, 6);
    check_same(*net, Noise57({2, 5, 5}, 4, false), "b", {"b.weight", "b.bias"}, 5);
  }
}

TEST_CASE("the weights stay as they were", "[silenced]") {
  auto net = cnn();
  const UnitNetwork network = whole(*net);
  NamedTensors before;
  for (const auto& [name, tensor] : net->state()) before.emplace_back(name, tensor.clone());
  Scorer scorer(*net, network, Noise57({2, 5, 5}, 4, false), {}, 4);
  const NamedTensors after = net->state();
  for (size_t i = 0; i < before.size(); ++i) {
    CHECK(torch::equal(before[i].second, after[i].second));
  }
}

namespace {

// The largest value that unit `unit` of `layer` puts out.
class Loudest : public LayerObserver {
 public:
  Loudest(std::string layer, int64_t dim, int64_t unit)
      : layer_(std::move(layer)), dim_(dim), unit_(unit) {}
  void saw(const Layer& layer, const std::string& group, const Tensor& value) override {
    if (layer.name() != layer_ || group != "out") return;
    found = std::max(found, value.select(dim_, unit_).abs().max().item<double>());
  }
  double found = -1;

 private:
  std::string layer_;
  int64_t dim_, unit_;
};

}  // namespace

TEST_CASE("a silenced unit of an LSTM puts out nothing at any step", "[silenced]") {
  Net net(Signature{Input::sequence, {5, 3}, Output::classes, {2}, 0, {}});
  const auto lstm = nn::Lstm::make(3, 4);
  net.add_layer("lstm", lstm.layer());
  const auto out = nn::Linear::make(4, 2);
  net.add_layer("out", out.layer());
  net.join("", "lstm", joint::same(3));
  net.join("lstm", "out", joint::same(4));
  net.run = [&](const Tensor& x) { return out(lstm(x).select(1, 4)); };
  stir(net);
  const UnitNetwork network = whole(net);
  const Variations lesion = silenced(net, network, {{{group_of(network, "lstm"), {1}}}});
  CHECK(lesion.size() == 4);
  net.set_training(false);
  const Tensor x = normals({6, 5, 3}, 8);
  for (const int64_t unit : {1, 2}) {
    const EnsembleScope scope(net, 1, lesion);
    Loudest loudest("lstm", 2, unit);
    net.forward({x});
    CHECK((loudest.found == 0) == (unit == 1));
    CHECK(loudest.found >= 0);
  }
}

namespace {

// Rows that reach each layer.
class Rows : public SharedPrefix {
 public:
  using SharedPrefix::SharedPrefix;
  Tensor instead(const Layer& layer, const std::string& group, const Tensor& value) override {
    Tensor out = SharedPrefix::instead(layer, group, value);
    if (group == "in") reached[layer.name()] = out.size(0);
    return out;
  }
  std::map<std::string, int64_t> reached;
};

// The outputs of variants of the whole network, and of a shared prefix; rows of the latter.
std::map<std::string, int64_t> check_shared(Net& net, const std::vector<UnitSets>& lesions,
                                            const Tensor& x, Sharing sharing) {
  const UnitNetwork network = whole(net);
  const auto size = static_cast<int64_t>(lesions.size());
  const torch::NoGradGuard no_grad;
  net.set_training(false);
  Tensor expected;
  {
    const EnsembleScope scope(net, size, silenced(net, network, lesions));
    expected = net.forward(repeated({x}, size));
  }
  Rows prefix(net, network, lesions, sharing);
  prefix.begin(x.size(0));
  const EnsembleScope scope(net, size, prefix.variations());
  const Tensor found = net.forward({x});
  REQUIRE(found.sizes() == expected.sizes());
  CHECK(torch::allclose(found, expected, 1e-12, 1e-12));
  return prefix.reached;
}

}  // namespace

TEST_CASE("what comes before a lesion is computed once", "[silenced]") {
  const Tensor x = normals({7, 6}, 8);
  auto dense = mlp(Output::classes);
  const UnitNetwork network = whole(*dense);
  const int64_t a = group_of(network, "a"), b = group_of(network, "b");
  const std::vector<UnitSets> of_b{{{b, {1, 2}}}, {{b, {0}}}, {{b, {}}}};
  const std::vector<UnitSets> of_both{{{a, {1, 2}}, {b, {3}}}, {{a, {5}}, {b, {0, 6}}}};
  auto rows = check_shared(*dense, of_b, x, Sharing::prefix);
  CHECK(rows.at("a") == 7);
  CHECK(rows.at("b") == 7);
  CHECK(rows.at("c") == 21);
  rows = check_shared(*dense, of_both, x, Sharing::prefix);
  CHECK(rows.at("a") == 7);
  CHECK(rows.at("b") == 14);
  rows = check_shared(*dense, of_b, x, Sharing::reader);
  CHECK(rows.at("relu_b") == 14);  // intact and silent
  CHECK(rows.at("c") == 7);
  rows = check_shared(*dense, of_both, x, Sharing::reader);
  CHECK(rows.at("b") == 7);
  CHECK(rows.at("relu_b") == 14);
  CHECK(rows.at("c") == 14);
}

TEST_CASE("the products of silenced channels alone are taken off", "[silenced]") {
  auto images = cnn();
  const UnitNetwork network = whole(*images);
  const int64_t a = group_of(network, "a"), b = group_of(network, "b");
  const Tensor x = normals({3, 2, 5, 5}, 9);
  for (const Sharing sharing : {Sharing::prefix, Sharing::reader}) {
    const bool reader = sharing == Sharing::reader;
    auto rows = check_shared(*images, {{{a, {1, 4}}}, {{a, {5}}}, {{a, {0, 2, 3}}}}, x, sharing);
    CHECK(rows.at("a") == 3);
    CHECK(rows.at("b") == (reader ? 3 : 9));
    CHECK(rows.at("relu_b") == 9);
    // Flattened channels arrive at several places.
    rows = check_shared(*images, {{{b, {1, 4}}}, {{b, {0, 2, 3}}}}, x, sharing);
    CHECK(rows.at("c") == (reader ? 3 : 6));
    check_shared(*images, {{{a, {1}}, {b, {2}}}, {{a, {}}, {b, {4}}}}, x, sharing);
  }
}

TEST_CASE("layers may see other rows than samples", "[silenced]") {
  // Three parts of a sample go through the first layer as rows of their own.
  Net net(of_features(12, 4));
  const auto a = nn::Linear::make(4, 5), out = nn::Linear::make(15, 4);
  net.add_layer("a", a.layer());
  net.add_layer("out", out.layer());
  net.join("", "a", joint::same(4));
  joint::Pairs arrivals;
  for (int64_t unit = 0; unit < 15; ++unit) arrivals.emplace_back(unit % 5, unit);
  net.join("a", "out", arrivals);
  net.run = [&](const Tensor& x) {
    return out(torch::relu(a(x.view({-1, 4}))).view({-1, 3, 5}).flatten(1));
  };
  stir(net);
  check_same(net, Noise57({12}, 4, false), "a", {"a.weight", "a.bias"}, 5);
}

TEST_CASE("what cannot be shared is not", "[silenced]") {
  // A normalisation over the units tells each of them about the others: only rows can be shared.
  Net net(of_features(5, 4));
  net.push<nn::LinearLayer>(-1, {}, "a", 5, 6);
  net.push<nn::LayerNormLayer>(-1, {}, "norm", 6);
  net.push<nn::LinearLayer>(-1, {}, "b", 6, 4);
  stir(net);
  check_same(net, Noise57({5}, 4, false), "a", {"a.weight", "a.bias"}, 6);
}

TEST_CASE("units of a second LSTM are silenced inside it, after a shared first one", "[silenced]") {
  Net net(Signature{Input::sequence, {5, 3}, Output::classes, {2}, 0, {}});
  const auto first = nn::Lstm::make(3, 4), second = nn::Lstm::make(4, 5);
  const auto out = nn::Linear::make(5, 2);
  net.add_layer("first", first.layer());
  net.add_layer("second", second.layer());
  net.add_layer("out", out.layer());
  net.join("", "first", joint::same(3));
  net.join("first", "second", joint::same(4));
  net.join("second", "out", joint::same(5));
  net.run = [&](const Tensor& x) { return out(second(first(x)).select(1, 4)); };
  stir(net);
  const int64_t group = group_of(whole(net), "second");
  const auto rows = check_shared(net, {{{group, {1, 2}}}, {{group, {0}}}}, normals({6, 5, 3}, 8),
                                 Sharing::reader);
  CHECK(rows.at("first") == 6);
  CHECK(rows.at("second") == 12);
}

TEST_CASE("all layers that are added up are silenced", "[silenced]") {
  Net net(of_features(4, 2));
  net.push<nn::LinearLayer>(-1, {}, "a", 4, 5);
  net.push<nn::LinearLayer>(-1, {}, "b", 5, 5);
  net.push<nn::LinearLayer>(-1, {"a", "b"}, "c", 5, 2);
  stir(net);
  const UnitNetwork network = whole(net);
  const Variations lesion = silenced(net, network, {{{group_of(network, "a"), {3}}}});
  for (const char* name : {"a.weight", "a.bias", "b.weight", "b.bias"}) {
    REQUIRE(lesion.count(name) == 1);
    const Tensor left = lesion.at(name)->apply(find(net.state(), name)->detach());
    CHECK(left[0][3].abs().max().item<double>() == 0);
    CHECK(left[0][2].abs().max().item<double>() > 0);
  }
  CHECK(lesion.size() == 4);
}

TEST_CASE("lesions of several layers at once", "[silenced]") {
  auto net = mlp(Output::values);
  const UnitNetwork network = whole(*net);
  const Noise57 source({6}, 4, true);
  Scorer scorer(*net, network, source, {}, 4);
  const int64_t a = group_of(network, "a"), b = group_of(network, "b");
  const auto ignore = [](int64_t) {};
  const auto found = scorer({{{a, {1, 2}}}, {{a, {1, 2}}, {b, {0, 6}}}, {{b, {0, 6}}}}, ignore);
  const NamedTensors state = net->state();
  const torch::NoGradGuard no_grad;
  for (const char* name : {"a.weight", "a.bias"}) find(state, name)->slice(0, 1, 3).zero_();
  CHECK(found[0].overall == Approx(evaluate(*net, source, {}).loss).epsilon(1e-12));
  for (const char* name : {"b.weight", "b.bias"}) {
    (*find(state, name))[0].zero_();
    (*find(state, name))[6].zero_();
  }
  CHECK(found[1].overall == Approx(evaluate(*net, source, {}).loss).epsilon(1e-12));
  CHECK(found[2].overall != found[1].overall);
}
