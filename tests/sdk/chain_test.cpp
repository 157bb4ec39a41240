// A chain of layers against its layers called one by one, where it takes two of them at once.
#include "modhost/chain.h"

#include <modhost/mask.h>
#include <modhost/nn.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>

using namespace modhost;

namespace {

const Signature kImages{Input::image, {8, 6, 6}, Output::classes, {10}, 0, {}};

// Like the layer, but another class.
class OtherConv : public nn::Conv2dLayer {
 public:
  using nn::Conv2dLayer::Conv2dLayer;
  Tensor forward(const Tensor& x) override { return 2 * nn::Conv2dLayer::forward(x); }
};

// Layers pushed one after another; `from` as in Chain::push.
class Network : public ModelBase {
 public:
  Network() : ModelBase(Build{kImages, {}, {}}), chain_(kImages) {}

  void push(const std::string& name, std::shared_ptr<Layer> layer,
            const std::vector<std::string>& from = {}) {
    add_layer(name, layer);
    chain_.push(std::move(layer), 0, from);
  }
  void conv(const std::string& name) {
    push(name, std::make_shared<nn::Conv2dLayer>(8, 8, 3, kSame));
  }
  void pool(const std::vector<std::string>& from = {}) {
    push("pool", std::make_shared<nn::MaxPool2dLayer>(2), from);
  }
  Tensor forward(const Batch& batch) override { return chain_(batch.input); }
  // The layers one by one, each on what the one before put out.
  Tensor in_turn(Tensor x) const {
    for (const Slot& slot : layers()) x = slot.layer->forward(x);
    return x;
  }

  static inline const ops::Conv2dGeometry kSame{1, 1, 1, 1};

 private:
  Chain chain_;
};

enum class Between { nothing, dropout, activation };

// conv, something, pool, relu
void build(Network& net, Between between) {
  net.conv("conv");
  if (between == Between::dropout) net.push("drop", std::make_shared<nn::DropoutLayer>(0.5));
  if (between == Between::activation)
    net.push("act", std::make_shared<nn::ActivationLayer>("tanh"));
  net.pool();
  net.push("relu", std::make_shared<nn::ActivationLayer>("relu"));
  net.initialize(3);
}

bool convolution_made(const Tensor& y) {
  return y.grad_fn()->name().find("MaskedConv") != std::string::npos;
}

struct Setting {
  Masks masks;
  MaskSampling sampling;
  Batch batch;

  Setting(const ModelBase& net, Estimator estimator)
      : masks(net, {{"*"}, {}, 0.5}), sampling{4, 2.0 / 3, estimator, {5, 1, {}}} {
    torch::manual_seed(4);
    batch.input = torch::randn({4, 8, 6, 6});  // fewer numbers than masked weights
  }
  std::vector<Tensor> logits() const {
    std::vector<Tensor> out;
    for (const auto& [name, tensor] : masks.logits()) out.push_back(tensor);
    return out;
  }
};

std::vector<Tensor> gradients(const Tensor& y, const std::vector<Tensor>& of) {
  torch::manual_seed(7);
  return torch::autograd::grad({y}, of, {torch::randn(y.sizes())});
}

}  // namespace

TEST_CASE("a chain gives what its layers give, pooled at once or not", "[chain][pool]") {
  const Between between = GENERATE(Between::nothing, Between::dropout, Between::activation);
  const Estimator estimator = GENERATE(Estimator::gumbel, Estimator::mean);
  const bool training = GENERATE(false, true);
  Network net;
  build(net, between);
  net.require_gradients(false);
  const Setting of(net, estimator);
  const EnsembleScope scope(net, 4, of.masks.sampled(of.sampling));
  net.set_training(training);
  net.set_noise({{1}, 2});
  const Tensor y = net.forward(of.batch);
  net.set_noise({{1}, 2});
  const Tensor expected = net.in_turn(of.batch.input);
  CHECK(torch::equal(y, expected));
  const auto own = gradients(y, of.logits()), separate = gradients(expected, of.logits());
  for (size_t i = 0; i < own.size(); ++i) {
    const double size = separate[i].abs().max().item<double>();
    CHECK((own[i] - separate[i]).abs().max().item<double>() < 1e-5 * size);
  }
}

TEST_CASE("a chain pools at once what nobody else can see", "[chain][pool]") {
  Network net;
  bool expected = false;
  SECTION("nothing lies between") {
    net.conv("conv");
    net.pool();
    expected = true;
  }
  SECTION("dropout that is off does") {
    net.conv("conv");
    net.push("drop", std::make_shared<nn::DropoutLayer>(0.5));
    net.pool();
    expected = true;
  }
  SECTION("an activation does") {
    net.conv("conv");
    net.push("act", std::make_shared<nn::ActivationLayer>("tanh"));
    net.pool();
  }
  SECTION("another class of convolution") {
    net.push("conv", std::make_shared<OtherConv>(8, 8, 3, Network::kSame));
    net.pool();
  }
  net.initialize(3);
  net.require_gradients(false);
  const Setting of(net, Estimator::gumbel);
  const EnsembleScope scope(net, 4, of.masks.sampled(of.sampling));
  const Tensor y = net.forward(of.batch);
  CHECK(convolution_made(y) == expected);
  CHECK(torch::equal(y, net.in_turn(of.batch.input)));
}

TEST_CASE("a convolution that a sum or a later layer reads too stays whole", "[chain][pool]") {
  Network net;
  net.conv("conv");
  Tensor expected;
  const bool sum = GENERATE(true, false);
  if (sum) {
    net.pool({"conv", "input"});
  } else {
    net.pool();
    net.push("late", std::make_shared<nn::MaxPool2dLayer>(3), {"conv"});
  }
  net.initialize(3);
  net.require_gradients(false);
  const Setting of(net, Estimator::gumbel);
  const EnsembleScope scope(net, 4, of.masks.sampled(of.sampling));
  const Tensor y = net.forward(of.batch);
  const Tensor convolved = net.layers()[0].layer->forward(of.batch.input);
  CHECK(torch::equal(
      y, sum ? torch::max_pool2d(convolved + of.batch.input, 2) : torch::max_pool2d(convolved, 3)));
}

TEST_CASE("a chain without masks pools as its layers do", "[chain][pool]") {
  const int64_t parts = GENERATE(1, 4);
  Network net;
  build(net, Between::nothing);
  net.require_gradients(false);
  const Setting of(net, Estimator::gumbel);
  Variations variants;
  for (const Parameter& parameter : net.parameters()) {
    std::vector<int64_t> shape = parameter.tensor().sizes().vec();
    shape.insert(shape.begin(), parts);
    variants[parameter.name()] = given_variants(torch::randn(shape));
  }
  const EnsembleScope scope(net, parts, parts > 1 ? variants : Variations());
  CHECK(torch::equal(net.forward(of.batch), net.in_turn(of.batch.input)));
}
