// E variants in one forward give what E single passes give: for every built-in layer, in training
// and evaluation, values and gradients, in double.
#include <modhost/error.h>
#include <modhost/model.h>
#include <modhost/registry.h>

#include <catch2/catch.hpp>

using namespace modhost;

namespace {

constexpr double kTolerance = 1e-12;

double max_error(const Tensor& a, const Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  return a.numel() == 0 ? 0 : (a - b).abs().max().item<double>();
}

// A model of one layer, so that the model's own machinery is what is tested.
class OneLayer : public ModelBase {
 public:
  explicit OneLayer(std::shared_ptr<Layer> layer) : ModelBase(Build{}), layer_(layer) {
    add_layer("layer", std::move(layer));
    to(torch::kDouble);
  }
  Tensor forward(const Batch& batch) override { return layer_->forward(batch.input); }

 private:
  std::shared_ptr<Layer> layer_;
};

struct Case {
  std::string name;
  std::function<std::shared_ptr<Layer>()> make;
  std::vector<int64_t> sample;  // shape of one input row
};

std::vector<Case> cases() {
  return {
      {"linear", [] { return std::make_shared<nn::LinearLayer>(5, 4); }, {5}},
      {"linear on inner dimensions",
       [] { return std::make_shared<nn::LinearLayer>(5, 4); },
       {3, 2, 5}},
      {"linear without bias", [] { return std::make_shared<nn::LinearLayer>(5, 4, false); }, {5}},
      {"conv2d", [] { return std::make_shared<nn::Conv2dLayer>(2, 3, 3); }, {2, 6, 5}},
      {"conv2d with all options",
       [] {
         return std::make_shared<nn::Conv2dLayer>(4, 6, 3, ops::Conv2dGeometry{2, 2, 2, 2});
       },
       {4, 9, 8}},
      {"batch_norm2d", [] { return std::make_shared<nn::BatchNorm2dLayer>(3); }, {3, 4, 5}},
      {"layer_norm", [] { return std::make_shared<nn::LayerNormLayer>(7); }, {2, 7}},
  };
}

Tensor random(std::vector<int64_t> shape, uint64_t seed) {
  torch::manual_seed(seed);
  return torch::randn(shape, torch::kDouble);
}

std::vector<int64_t> batched(int64_t rows, const std::vector<int64_t>& sample) {
  std::vector<int64_t> shape{rows};
  shape.insert(shape.end(), sample.begin(), sample.end());
  return shape;
}

// Leaf variants [E, *shape] of every parameter, near its initial values.
NamedTensors leaf_variants(ModelBase& model, int64_t parts) {
  NamedTensors out;
  uint64_t seed = 100;
  for (const Parameter& parameter : model.parameters()) {
    std::vector<int64_t> shape{parts};
    const auto sizes = parameter.tensor().sizes();
    shape.insert(shape.end(), sizes.begin(), sizes.end());
    const Tensor value = parameter.tensor().unsqueeze(0) + 0.3 * random(shape, seed++);
    out.emplace_back(parameter.name(), value.detach().set_requires_grad(true));
  }
  return out;
}

Variations variations_of(const NamedTensors& variants) {
  Variations out;
  for (const auto& [name, tensor] : variants) out[name] = given_variants(tensor);
  return out;
}

}  // namespace

TEST_CASE("an ensemble forward equals single passes in values and gradients", "[ensemble]") {
  const Case layer_case = GENERATE(from_range(cases()));
  const int64_t parts = GENERATE(1, 2, 7);
  const int64_t rows = GENERATE(1, 5);
  const bool training = GENERATE(false, true);
  INFO(layer_case.name << ", E = " << parts << ", b = " << rows << ", training " << training);

  OneLayer model(layer_case.make());
  model.initialize(3);
  model.set_training(training);
  const Tensor x = random(batched(parts * rows, layer_case.sample), 1).set_requires_grad(true);
  const NamedTensors variants = leaf_variants(model, parts);

  Tensor together;
  {
    const EnsembleScope scope(model, parts, variations_of(variants));
    together = model.forward({x, {}});
  }
  std::vector<Tensor> single;
  for (int64_t part = 0; part < parts; ++part) {
    NamedTensors own;
    for (const auto& [name, tensor] : variants) {
      own.emplace_back(name, tensor.narrow(0, part, 1));
    }
    const EnsembleScope scope(model, 1, variations_of(own));
    single.push_back(model.forward({x.narrow(0, part * rows, rows), {}}));
  }
  const Tensor apart = torch::cat(single);
  CHECK(max_error(together, apart) < kTolerance);

  std::vector<Tensor> inputs{x};
  for (const auto& [name, tensor] : variants) inputs.push_back(tensor);
  const Tensor direction = random(together.sizes().vec(), 9);
  const auto one = torch::autograd::grad({together}, inputs, {direction});
  const auto many = torch::autograd::grad({apart}, inputs, {direction});
  for (size_t i = 0; i < inputs.size(); ++i) CHECK(max_error(one[i], many[i]) < kTolerance);
}

TEST_CASE("a variant changes its own part of the batch only", "[ensemble]") {
  OneLayer model(std::make_shared<nn::LinearLayer>(3, 2));
  const Tensor x = random({6, 3}, 1);
  NamedTensors variants = leaf_variants(model, 3);
  const auto run = [&] {
    const EnsembleScope scope(model, 3, variations_of(variants));
    return model.forward({x, {}}).detach();
  };
  const Tensor before = run();
  {
    const torch::NoGradGuard no_grad;
    Tensor(variants[0].second)[1] += 1;
  }
  const Tensor after = run();
  CHECK(max_error(before.narrow(0, 0, 2), after.narrow(0, 0, 2)) == 0);
  CHECK(max_error(before.narrow(0, 2, 2), after.narrow(0, 2, 2)) > 0);
  CHECK(max_error(before.narrow(0, 4, 2), after.narrow(0, 4, 2)) == 0);
}

TEST_CASE("a scope leaves the model as it was", "[ensemble]") {
  OneLayer model(std::make_shared<nn::LinearLayer>(3, 2));
  model.initialize(1);
  const Tensor x = random({4, 3}, 1);
  const Tensor before = model.forward({x, {}}).detach();
  {
    const EnsembleScope scope(model, 2, variations_of(leaf_variants(model, 2)));
    model.forward({x, {}});
  }
  CHECK(max_error(model.forward({x, {}}), before) == 0);
}

TEST_CASE("a batch that does not divide into the parts is refused", "[ensemble]") {
  OneLayer model(std::make_shared<nn::LinearLayer>(3, 2));
  const EnsembleScope scope(model, 2, variations_of(leaf_variants(model, 2)));
  CHECK_THROWS_WITH(model.forward({random({5, 3}, 1), {}}),
                    "a batch of 5 rows does not divide into 2 equal parts");
}

TEST_CASE("an unknown parameter or another ensemble size is refused", "[ensemble]") {
  OneLayer model(std::make_shared<nn::LinearLayer>(3, 2));
  Variations unknown{{"layer.wait", given_variants(torch::zeros({2, 2, 3}))}};
  CHECK_THROWS_AS(EnsembleScope(model, 2, unknown), Error);
  Variations other{{"layer.weight", given_variants(torch::zeros({3, 2, 3}))}};
  CHECK_THROWS_WITH(EnsembleScope(model, 2, other),
                    "parameter 'layer.weight' has 3 variants in an ensemble of 2");
}

TEST_CASE("linear and convolution agree with arithmetic done by hand", "[ensemble]") {
  OneLayer linear(std::make_shared<nn::LinearLayer>(2, 1));
  const Tensor w = torch::tensor({{{1.0, 2.0}}, {{3.0, 4.0}}}, torch::kDouble);
  const Tensor b = torch::tensor({{10.0}, {20.0}}, torch::kDouble);
  const Tensor x = torch::tensor({{5.0, 6.0}, {5.0, 6.0}}, torch::kDouble);
  const EnsembleScope scope(
      linear, 2, {{"layer.weight", given_variants(w)}, {"layer.bias", given_variants(b)}});
  const Tensor y = linear.forward({x, {}});
  CHECK(y[0].item<double>() == 5 * 1 + 6 * 2 + 10);
  CHECK(y[1].item<double>() == 5 * 3 + 6 * 4 + 20);
}

TEST_CASE("each layer's wiring names what feeds a unit", "[wiring]") {
  const Case layer_case = GENERATE(from_range(cases()));
  INFO(layer_case.name);
  OneLayer model(layer_case.make());
  model.initialize(5);
  Layer& layer = *model.layers()[0].layer;
  const Tensor x = random(batched(4, layer_case.sample), 2);
  const bool channels_first = layer.kind() == "conv2d" || layer.kind() == "batch_norm2d";
  const auto unit = [&](const Tensor& y, int64_t u) {
    return y.select(channels_first ? 1 : -1, u);
  };
  const Tensor before = model.forward({x, {}});
  for (int64_t u = 0; u < layer.units_out(); ++u) {
    NamedTensors kept = model.state();
    for (auto& [name, tensor] : kept) tensor = tensor.clone();
    for (const Wiring& wiring : layer.wiring()) {
      wiring.parameter.tensor().select(wiring.out_dim, u).zero_();
    }
    const Tensor after = model.forward({x, {}});
    CHECK(unit(after, u).abs().max().item<double>() == 0);
    for (int64_t other = 0; other < layer.units_out(); ++other) {
      if (other != u) CHECK(max_error(unit(after, other), unit(before, other)) == 0);
    }
    model.load_state(kept);
  }
}

TEST_CASE("built-in layers are in the registry and are made from options", "[registry]") {
  Registry registry("modhost");
  register_builtin_layers(registry);
  CHECK(registry.names(ComponentKind::layer) ==
        std::vector<std::string>{"batch_norm2d", "conv2d", "layer_norm", "linear"});
  const LayerEntry* entry = registry.find_layer("linear");
  auto options = entry->make_options();
  options->assign("layer", "linear",
                  {{"in", {int64_t{6}, "test", false}}, {"out", {int64_t{2}, "test", false}}});
  const auto layer = entry->make(*options);
  CHECK(layer->units_in() == 6);
  CHECK(layer->forward(torch::zeros({3, 6})).sizes() == torch::IntArrayRef({3, 2}));
}

TEST_CASE("two plugins with one component name are refused with both named", "[registry]") {
  Registry all("modhost"), first("org.lab-a.x"), second("org.lab-b.y");
  first.layer<nn::LinearLayer>("gate", "");
  second.layer<nn::LinearLayer>("other", "");
  second.layer<nn::LinearLayer>("gate", "");
  all.merge(std::move(first));
  CHECK_THROWS_WITH(all.merge(std::move(second)),
                    "layer 'gate' is provided by both 'org.lab-a.x' and 'org.lab-b.y'");
  CHECK(all.find_layer("other") == nullptr);  // nothing of a refused registry is taken
}
