// Scores of units against closed forms and against what a network loses when a unit is scaled.
#include <modhost/error.h>
#include <modhost/loss.h>
#include <modhost/unit_activations.h>

#include <catch2/catch.hpp>

#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;

namespace {

class Given : public Source {
 public:
  Given(Tensor input, Tensor target, Tensor length = {})
      : input_(std::move(input)), target_(std::move(target)), length_(std::move(length)) {}
  int64_t size() const override { return input_.size(0); }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor rows = torch::tensor(indices);
    Batch batch{input_.index_select(0, rows), target_.index_select(0, rows)};
    if (length_.defined()) batch.input_length = length_.index_select(0, rows);
    return batch;
  }

 private:
  Tensor input_, target_, length_;
};

UnitNetwork all_units(const Net& net, bool sums = true) {
  UnitChoice all;
  all.kinds = UnitKinds::all;
  all.sums = sums;
  return unit_network(net, all);
}

UnitScoreChoice of_kind(UnitScore kind) {
  UnitScoreChoice choice;
  choice.kind = kind;
  choice.batch_size = 3;  // the last batch is smaller
  return choice;
}

std::vector<Tensor> scores(Net& net, const Source& source, UnitScore kind) {
  return unit_scores(net, all_units(net), source, 1, {}, of_kind(kind));
}

// In double, its parameters with gradients.
void finish(Net& net) {
  net.initialize(2);
  net.to(torch::kDouble);
  net.require_gradients(true);
}

// The derivative of each sample's loss, or sum of outputs, by a factor of unit `unit` at 1, by
// central differences: value * gradient, added up over places. Mean of absolute values.
double by_scaling(const Net& net, const Batch& batch, UnitScore kind,
                  const std::function<Tensor(double factor)>& output) {
  const torch::NoGradGuard no_grad;
  const auto values = [&](double factor) {
    const Tensor y = output(factor);
    return kind == UnitScore::loss_gradient ? loss_per_sample(net.signature(), y, batch) : y.sum(1);
  };
  constexpr double kStep = 1e-5;
  const Tensor slope = (values(1 + kStep) - values(1 - kStep)) / (2 * kStep);
  return slope.abs().mean().item<double>();
}

constexpr double kByScaling = 1e-8;  // differences of 1e-5: rounding 1e-16 / 1e-5, curvature 1e-10

// Ones but for one unit along dimension 1 of so many.
Tensor factors(const Tensor& like, int64_t unit, double factor) {
  Tensor out = torch::ones_like(like.detach());
  out.select(1, unit).fill_(factor);
  return out;
}

struct Perceptron : Net {
  std::shared_ptr<nn::LinearLayer> a, b;
  explicit Perceptron(Output output = Output::classes)
      : Net({Input::features, {3}, output, {2}, 0, {}}) {
    a = push<nn::LinearLayer>(-1, {}, "a", 3, 4);
    push<nn::ActivationLayer>(-1, {}, "tanh", "tanh");
    b = push<nn::LinearLayer>(-1, {}, "b", 4, 2);
    finish(*this);
  }
  Tensor weight(const std::string& name) const {
    for (const Parameter& parameter : const_cast<Perceptron*>(this)->parameters()) {
      if (parameter.name() == name) return parameter.tensor().detach();
    }
    return {};
  }
};

const std::vector<UnitScore> kAllScores = {UnitScore::loss_gradient, UnitScore::output_gradient,
                                           UnitScore::activation};

}  // namespace

TEST_CASE("scores of a perceptron's units in closed form", "[units]") {
  Perceptron net;
  torch::manual_seed(3);
  const Tensor x = torch::randn({7, 3}, torch::kDouble);
  const Tensor target = torch::tensor({0, 1, 1, 0, 1, 0, 0});
  const Given source(x, target);
  const Tensor hidden = (x.matmul(net.weight("a.weight").t()) + net.weight("a.bias")).tanh();
  const Tensor logits = hidden.matmul(net.weight("b.weight").t()) + net.weight("b.bias");
  // d cross entropy / d logits = p - y; through b and tanh to the units and the inputs.
  const auto expected = [&](const Tensor& at_logits) {
    const Tensor at_hidden = at_logits.matmul(net.weight("b.weight"));
    const Tensor at_input = (at_hidden * (1 - hidden.square())).matmul(net.weight("a.weight"));
    return std::vector<Tensor>{(x * at_input).abs().mean(0), (hidden * at_hidden).abs().mean(0),
                               (logits * at_logits).abs().mean(0)};
  };
  const auto loss = expected(logits.softmax(1) - torch::one_hot(target, 2));
  const auto output = expected(torch::ones_like(logits));
  const std::vector<Tensor> values{x.mean(0), hidden.mean(0), logits.mean(0)};
  for (const auto& [kind, truth] : {std::pair{UnitScore::loss_gradient, loss},
                                    {UnitScore::output_gradient, output},
                                    {UnitScore::activation, values}}) {
    const auto found = scores(net, source, kind);
    REQUIRE(found.size() == 3);
    for (size_t group = 0; group < 3; ++group) {
      INFO("group " << group << ", kind " << static_cast<int>(kind));
      REQUIRE(found[group].sizes() == torch::IntArrayRef({1, truth[group].size(0)}));
      CHECK(largest(found[group][0], truth[group]) < 1e-14);
    }
  }
  UnitScoreChoice few = of_kind(UnitScore::loss_gradient);
  few.samples = 4;
  const auto of_few = unit_scores(net, all_units(net), source, 1, {}, few);
  const Given front(x.narrow(0, 0, 4), target.narrow(0, 0, 4));
  CHECK(largest(of_few[1], scores(net, front, UnitScore::loss_gradient)[1]) < 1e-15);
  CHECK(largest(of_few[1][0], loss[1]) > 1e-3);
}

TEST_CASE("outputs that are bits count by their probabilities", "[units]") {
  Perceptron net(Output::bits);
  torch::manual_seed(3);
  const Tensor x = torch::randn({5, 3}, torch::kDouble);
  const Tensor target = torch::tensor({{0., 1.}, {1., 1.}, {0., 0.}, {1., 0.}, {1., 1.}});
  const Given source(x, target.to(torch::kDouble));
  const Tensor hidden = (x.matmul(net.weight("a.weight").t()) + net.weight("a.bias")).tanh();
  const Tensor p = (hidden.matmul(net.weight("b.weight").t()) + net.weight("b.bias")).sigmoid();
  const auto of = [&](const Tensor& at_logits) {
    return (hidden * at_logits.matmul(net.weight("b.weight"))).abs().mean(0);
  };
  CHECK(largest(scores(net, source, UnitScore::output_gradient)[1][0], of(p * (1 - p))) < 1e-14);
  CHECK(largest(scores(net, source, UnitScore::loss_gradient)[1][0], of((p - target) / 2)) < 1e-14);
}

TEST_CASE("scores of channels are those of scaling the whole map", "[units]") {
  Net net(of_images({1, 6, 4}, 2));
  auto conv1 = net.push<nn::Conv2dLayer>(0, {}, "conv1", 1, 3, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net.push<nn::ActivationLayer>(0, {}, "tanh", "tanh");
  net.push<nn::MaxPool2dLayer>(0, {}, "pool", 2);
  auto conv2 = net.push<nn::Conv2dLayer>(0, {}, "conv2", 3, 2, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net.push<nn::FlattenLayer>(0, {}, "flatten");
  auto fc = net.push<nn::LinearLayer>(-1, {}, "fc", 12, 2);
  finish(net);
  torch::manual_seed(4);
  const Tensor x = torch::randn({5, 1, 6, 4}, torch::kDouble);
  const Tensor target = torch::tensor({0, 1, 1, 0, 1});
  const Given source(x, target);
  const Batch batch = source.load({0, 1, 2, 3, 4});
  const Tensor first = torch::max_pool2d(conv1->forward(x).tanh(), 2).detach();
  const Tensor second = conv2->forward(first).detach();  // [5, 2, 3, 2]
  const UnitScore kind = GENERATE(UnitScore::loss_gradient, UnitScore::output_gradient);
  const auto found = scores(net, source, kind);
  REQUIRE(found.size() == 4);
  CHECK(found[1].sizes() == torch::IntArrayRef({1, 3}));
  for (int64_t unit = 0; unit < 3; ++unit) {
    const double expected = by_scaling(net, batch, kind, [&](double factor) {
      return fc->forward(conv2->forward(first * factors(first, unit, factor)).flatten(1));
    });
    CHECK(found[1][0][unit].item<double>() == Approx(expected).margin(kByScaling));
  }
  for (int64_t unit = 0; unit < 2; ++unit) {
    const double expected = by_scaling(net, batch, kind, [&](double factor) {
      return fc->forward((second * factors(second, unit, factor)).flatten(1));
    });
    CHECK(found[2][0][unit].item<double>() == Approx(expected).margin(kByScaling));
  }
  const auto values = scores(net, source, UnitScore::activation);
  CHECK(largest(values[1][0], first.sum({2, 3}).mean(0)) < 1e-14);  // all places added up
}

TEST_CASE("a unit that two layers read is scored for both", "[units]") {
  Net net(of_features(3, 2));
  nn::Linear a(net.add<nn::LinearLayer>("a", 3, 4));
  nn::Linear b(net.add<nn::LinearLayer>("b", 4, 5)), c(net.add<nn::LinearLayer>("c", 9, 2));
  net.join("", "a", joint::same(3));
  net.join("a", "b", joint::same(4));
  net.join("a", "c", joint::same(4));
  net.join("b", "c", {{0, 4}, {1, 5}, {2, 6}, {3, 7}, {4, 8}});
  const auto from_hidden = [&](const Tensor& h) { return c(torch::cat({h, b(h).tanh()}, 1)); };
  net.run = [&](const Tensor& x) { return from_hidden(a(x).tanh()); };
  finish(net);
  torch::manual_seed(5);
  const Tensor x = torch::randn({7, 3}, torch::kDouble);
  const Given source(x, torch::tensor({0, 1, 1, 0, 1, 0, 0}));
  const Batch batch = source.load({0, 1, 2, 3, 4, 5, 6});
  const Tensor hidden = a(x).tanh().detach();
  const UnitNetwork network = all_units(net);
  REQUIRE(names_of(network) == std::vector<std::string>{"input 3", "a 4", "b 5", "c 2"});
  const auto found = scores(net, source, UnitScore::loss_gradient);
  for (int64_t unit = 0; unit < 4; ++unit) {
    const double expected = by_scaling(net, batch, UnitScore::loss_gradient, [&](double factor) {
      return from_hidden(hidden * factors(hidden, unit, factor));
    });
    CHECK(found[1][0][unit].item<double>() == Approx(expected).margin(kByScaling));
  }
}

TEST_CASE("units of a residual stream are scored for all that reads the stream", "[units]") {
  Net net(of_features(3, 2));
  nn::Linear a(net.add<nn::LinearLayer>("a", 3, 4)), b(net.add<nn::LinearLayer>("b", 4, 4));
  nn::Linear c(net.add<nn::LinearLayer>("c", 4, 2));
  net.join("", "a", joint::same(3));
  net.join("a", "b", joint::same(4));
  net.join("a", "c", joint::same(4));
  net.join("b", "c", joint::same(4));
  net.run = [&](const Tensor& x) {
    const Tensor stream = a(x);
    return c(stream + b(stream));  // one tensor is read and goes on
  };
  finish(net);
  torch::manual_seed(6);
  const Tensor x = torch::randn({7, 3}, torch::kDouble);
  const Given source(x, torch::tensor({0, 1, 1, 0, 1, 0, 0}));
  const Batch batch = source.load({0, 1, 2, 3, 4, 5, 6});
  const Tensor stream = a(x).detach();
  REQUIRE(names_of(all_units(net)).size() == 3);
  const auto found = scores(net, source, UnitScore::loss_gradient);
  for (int64_t unit = 0; unit < 4; ++unit) {
    const double expected = by_scaling(net, batch, UnitScore::loss_gradient, [&](double factor) {
      const Tensor own = factors(stream, unit, factor);  // of what b reads and of what c reads
      return c((stream + b(stream * own)) * own);
    });
    CHECK(found[1][0][unit].item<double>() == Approx(expected).margin(kByScaling));
  }
}

TEST_CASE("models may overwrite what was read, and read one tensor twice", "[units]") {
  Net net(of_features(3, 2));
  nn::Linear a(net.add<nn::LinearLayer>("a", 3, 4));
  nn::Linear b(net.add<nn::LinearLayer>("b", 4, 2)), c(net.add<nn::LinearLayer>("c", 4, 2));
  net.join("", "a", joint::same(3));
  net.join("a", "b", joint::same(4));
  net.join("a", "c", joint::same(4));
  net.run = [&](const Tensor& x) {
    Tensor hidden = a(x);
    const Tensor first = b(hidden), second = c(hidden) + c(hidden);
    return first.tanh() + second * hidden.mul_(0).add_(2).narrow(1, 0, 2);
  };
  finish(net);
  torch::manual_seed(7);
  const Tensor x = torch::randn({7, 3}, torch::kDouble);
  const Given source(x, torch::tensor({0, 1, 1, 0, 1, 0, 0}));
  const Batch batch = source.load({0, 1, 2, 3, 4, 5, 6});
  const Tensor hidden = a(x).detach();
  const auto found = scores(net, source, UnitScore::loss_gradient);
  for (int64_t unit = 0; unit < 4; ++unit) {
    const double expected = by_scaling(net, batch, UnitScore::loss_gradient, [&](double factor) {
      const Tensor scaled = hidden * factors(hidden, unit, factor);
      return b(scaled).tanh() + 4 * c(scaled);
    });
    CHECK(found[1][0][unit].item<double>() == Approx(expected).margin(kByScaling));
  }
}

TEST_CASE("variants of a network are scored as each would be alone", "[units]") {
  Net net(of_images({1, 4, 4}, 2));
  net.push<nn::Conv2dLayer>(0, {}, "conv", 1, 3, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net.push<nn::ActivationLayer>(0, {}, "relu", "relu");
  net.push<nn::FlattenLayer>(0, {}, "flatten");
  net.push<nn::LinearLayer>(-1, {}, "fc", 48, 5);
  net.push<nn::ActivationLayer>(-1, {}, "tanh", "tanh");
  net.push<nn::LinearLayer>(-1, {}, "out", 5, 2);
  finish(net);
  net.require_gradients(false);  // the variants have them
  torch::manual_seed(7);
  NamedTensors variants;
  Variations together;
  for (const Parameter& parameter : net.parameters()) {
    std::vector<int64_t> shape = parameter.tensor().sizes().vec();
    shape.insert(shape.begin(), 3);
    const Tensor leaf = torch::randn(shape, torch::kDouble).requires_grad_(true);
    variants.emplace_back(parameter.name(), leaf);
    together[parameter.name()] = given_variants(leaf);
  }
  const Given source(torch::randn({7, 1, 4, 4}, torch::kDouble),
                     torch::tensor({0, 1, 1, 0, 1, 0, 0}));
  const UnitScore kind = GENERATE(from_range(kAllScores));
  const auto found = unit_scores(net, all_units(net), source, 3, together, of_kind(kind));
  for (int64_t variant = 0; variant < 3; ++variant) {
    NamedTensors own;
    for (const auto& [name, tensor] : variants) own.emplace_back(name, tensor[variant].detach());
    net.load_state(own);
    const auto alone = [&] {
      net.require_gradients(true);
      const auto out = scores(net, source, kind);
      net.require_gradients(false);
      return out;
    }();
    REQUIRE(found.size() == alone.size());
    for (size_t group = 0; group < alone.size(); ++group) {
      REQUIRE(found[group].size(0) == 3);
      CHECK(largest(found[group][variant], alone[group][0]) < 1e-12);
    }
  }
  CHECK(largest(found[1][0], found[1][1]) > 1e-3);
}

TEST_CASE("tokens are counted, and have no gradient; padding counts nothing", "[units]") {
  Net net({Input::tokens, {4}, Output::classes, {2}, 7, {}});
  auto embedding = net.add<nn::EmbeddingLayer>("embedding", 7, 3);
  nn::Linear out(net.add<nn::LinearLayer>("out", 3, 2));
  const nn::Embedding handle(embedding);
  net.join("", "embedding", joint::same(7));
  net.join("embedding", "out", joint::same(3));
  net.run = [&](const Tensor& x) { return out(handle(x)).sum(1); };
  finish(net);
  const Tensor x = torch::tensor({{1, 2, 6, 6}, {3, 4, 5, 0}, {2, 6, 6, 6}, {0, 0, 0, 6}});
  const Tensor length = torch::tensor({2, 4, 1, 3});
  const Given source(x, torch::tensor({0, 1, 1, 0}), length);
  const auto values = scores(net, source, UnitScore::activation);
  CHECK(largest(values[0][0], torch::tensor({4., 1., 2., 1., 1., 1., 0.}) / 4) == 0);
  const Tensor inside = (torch::arange(4) < length.unsqueeze(1)).to(torch::kDouble).unsqueeze(2);
  const Tensor vectors = embedding->forward(x).detach() * inside;
  CHECK(largest(values[1][0], vectors.sum(1).mean(0)) < 1e-14);
  const auto found = scores(net, source, UnitScore::output_gradient);
  CHECK_FALSE(found[0].defined());
  Tensor weight;
  for (const Parameter& parameter : net.parameters()) {
    if (parameter.name() == "out.weight") weight = parameter.tensor().detach();
  }
  CHECK(largest(found[1][0], (vectors * weight.sum(0)).sum(1).abs().mean(0)) < 1e-14);
}

TEST_CASE("a frozen network is scored as one that is trained", "[units]") {
  Perceptron net;
  torch::manual_seed(3);
  const Given source(torch::randn({4, 3}, torch::kDouble), torch::tensor({0, 1, 1, 0}));
  const UnitScore kind = GENERATE(from_range(kAllScores));
  const auto expected = scores(net, source, kind);
  net.require_gradients(false);
  const auto found = scores(net, source, kind);
  for (size_t group = 0; group < 3; ++group) CHECK(torch::equal(found[group], expected[group]));
}

TEST_CASE("scores stop when they are asked to", "[units]") {
  Perceptron net;
  const Given source(torch::zeros({4, 3}, torch::kDouble), torch::tensor({0, 1, 1, 0}));
  StopSignal stop;
  stop.request();
  UnitScoreChoice choice = of_kind(UnitScore::loss_gradient);
  choice.stop = &stop;
  try {
    unit_scores(net, all_units(net), source, 1, {}, choice);
    FAIL("went on");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::interrupted);
  }
}
