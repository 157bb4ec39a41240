// Networks from given values as one group: each is the network alone.
#include <modhost/network_group.h>
#include <modhost/training_step.h>

#include <catch2/catch.hpp>

#include "network_runs.h"

using namespace modhost;
using namespace modhost::test;

namespace {

constexpr int64_t kNetworks = 3;
const Signature kShape{Input::image, {2, 5, 5}, Output::classes, {3}};

struct Cnn : SmallCnn {
  Cnn() : SmallCnn({kShape, {}, {}}) { to(torch::kDouble); }
};

// Values of the whole state of so many networks, by number; statistics as after some training.
NamedTensors given_values() {
  const Cnn model;
  torch::manual_seed(8);
  NamedTensors out;
  for (const auto& [name, tensor] : model.state()) {
    std::vector<int64_t> shape = tensor.sizes().vec();
    shape.insert(shape.begin(), kNetworks);
    if (!tensor.is_floating_point()) {
      out.emplace_back(name, torch::arange(kNetworks) + 4);
      continue;
    }
    const Tensor random = torch::randn(shape, torch::kDouble);
    const bool positive = name.find("running_var") != std::string::npos;
    out.emplace_back(name, positive ? random.square() + 0.5 : random);
  }
  return out;
}

NamedTensors network(const NamedTensors& values, int64_t number) {
  NamedTensors out;
  for (const auto& [name, tensor] : values) out.emplace_back(name, tensor[number].clone());
  return out;
}

struct Images : Source {
  Tensor x, y;
  Images() {
    torch::manual_seed(2);
    x = torch::randn({12, 2, 5, 5}, torch::kDouble);
    y = torch::randint(3, {12}, torch::kLong);
  }
  int64_t size() const override { return 12; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor at = torch::tensor(indices);
    return {x.index_select(0, at), y.index_select(0, at)};
  }
};

double gap(const Tensor& a, const Tensor& b) {
  return (a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max().item<double>();
}

const Tensor& named(const NamedTensors& tensors, const std::string& name) {
  const Tensor* found = find(tensors, name);
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

TEST_CASE("a group from given values holds copies of them", "[networks]") {
  Cnn model;
  model.initialize(1);
  const NamedTensors before = network(given_values(), 0);
  NamedTensors own;
  for (const auto& [name, tensor] : model.state()) own.emplace_back(name, tensor.clone());
  {
    const NamedTensors values = given_values();
    NetworkGroup group(model, values, {1, 2, 3});
    CHECK(group.size() == kNetworks);
    for (const auto& [name, tensor] : values) tensor.zero_();
    CHECK(difference(group.state(0), before) == 0);
    for (int64_t number = 0; number < kNetworks; ++number) {
      CHECK(difference(group.state(number), network(given_values(), number)) == 0);
    }
    CHECK(group.variations().size() == model.parameters().size());
    CHECK(group.trained().size() == model.parameters().size());
    for (const auto& [name, tensor] : group.trained()) CHECK(tensor.requires_grad());
    CHECK_FALSE(group.statistics().empty());
  }
  CHECK(difference(model.state(), own) == 0);  // the model's own again
}

TEST_CASE("a step of a group from given values is that of each network alone", "[networks]") {
  Cnn together;
  const NamedTensors values = given_values();
  const std::vector<uint64_t> noise{31, 32, 33};
  const Images images;
  const Batch batch = images.load({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  NetworkGroup group(together, values, noise);
  const StepResult found = group.step(batch, 5);
  found.loss.sum().backward();
  REQUIRE(found.loss.sizes() == torch::IntArrayRef({kNetworks}));
  for (int64_t number = 0; number < kNetworks; ++number) {
    Cnn alone;
    alone.load_state(network(values, number));
    alone.require_gradients(true);
    const int64_t first = 4 * number;
    const StepResult expected =
        network_step(alone, images.load({first, first + 1, first + 2, first + 3}),
                     {{noise[static_cast<size_t>(number)]}, 5});
    expected.loss.backward();
    CHECK(gap(found.loss[number], expected.loss) < 1e-13);
    CHECK(gap(found.numbers.at(0).second[number], expected.numbers.at(0).second) == 0);
    for (const Parameter& parameter : alone.parameters()) {
      const Tensor gradient = named(group.trained(), parameter.name()).grad()[number];
      CHECK(gap(gradient, parameter.tensor().grad()) < 1e-12);
    }
    CHECK(difference(group.state(number), alone.state()) < 1e-13);  // with statistics
    CHECK(gap(named(group.state(number), "norm.running_mean"),
              named(network(values, number), "norm.running_mean")) > 1e-3);
  }
}

TEST_CASE("a group from given values is evaluated and kept by number", "[networks]") {
  Cnn together;
  const NamedTensors values = given_values();
  NetworkGroup group(together, values, {31, 32, 33});
  const Images images;
  EvaluateOptions how;
  how.batch_size = 5;
  const std::vector<Evaluation> found = group.evaluate(images, how);
  REQUIRE(found.size() == kNetworks);
  for (int64_t number = 0; number < kNetworks; ++number) {
    Cnn alone;
    alone.load_state(network(values, number));
    const Evaluation expected = evaluate(alone, images, how);
    CHECK(found[static_cast<size_t>(number)].loss == Approx(expected.loss).epsilon(1e-12));
    CHECK(found[static_cast<size_t>(number)].accuracy == expected.accuracy);
  }
  CHECK(found[0].loss != Approx(found[1].loss));
}

TEST_CASE("values that are missing or of another number or shape are refused", "[networks]") {
  const std::string name = GENERATE("conv.weight", "out.bias", "norm.running_var");
  const int what = GENERATE(0, 1, 2);
  Cnn model;
  NamedTensors own;
  for (const auto& [slot, tensor] : model.state()) own.emplace_back(slot, tensor.clone());
  NamedTensors bad;
  for (const auto& [key, tensor] : given_values()) {
    if (key != name) bad.emplace_back(key, tensor);
    if (key == name && what == 1) bad.emplace_back(key, tensor.narrow(0, 0, 2));
    if (key == name && what == 2) bad.emplace_back(key, tensor.unsqueeze(1));
  }
  CHECK_THROWS_WITH(NetworkGroup(model, bad, {1, 2, 3}),
                    "a group of networks was given no '" + name + "' of their number and shape");
  CHECK(difference(model.state(), own) == 0);  // also after a refusal
}
