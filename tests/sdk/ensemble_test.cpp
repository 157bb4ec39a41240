// E variants in one forward give what E single passes give: for every built-in layer, in training
// and evaluation, values and gradients, in double.
#include <modhost/error.h>
#include <modhost/model.h>
#include <modhost/registry.h>

#include <catch2/catch.hpp>

#include "layer_cases.h"

using namespace modhost;

namespace {

constexpr double kTolerance = 1e-12;

// The noise of all parts, or of one.
Noise noise_of_part(int64_t part) { return {{uint64_t(40 + part)}, 7}; }
Noise noise_of_all(int64_t parts) {
  Noise noise = noise_of_part(0);
  for (int64_t part = 1; part < parts; ++part) noise.seeds.push_back(40 + part);
  return noise;
}

// E variants in one forward.
Tensor together(OneLayer& model, const Tensor& x, const NamedTensors& variants, int64_t parts) {
  model.set_noise(noise_of_all(parts));
  const EnsembleScope scope(model, parts, variations_of(variants));
  return model(x);
}

// One forward for each variant.
Tensor apart(OneLayer& model, const Tensor& x, const NamedTensors& variants, int64_t parts) {
  std::vector<Tensor> single;
  for (int64_t part = 0; part < parts; ++part) {
    NamedTensors own;
    for (const auto& [name, tensor] : variants) own.emplace_back(name, tensor.narrow(0, part, 1));
    model.set_noise(noise_of_part(part));
    const EnsembleScope scope(model, 1, variations_of(own));
    single.push_back(model(x.narrow(0, part * (x.size(0) / parts), x.size(0) / parts)));
  }
  return torch::cat(single);
}

// What has a gradient: the input, the variants, and the parameters that are not varied.
std::vector<Tensor> leaves(OneLayer& model, const Tensor& x, const NamedTensors& variants) {
  std::vector<Tensor> out;
  if (x.requires_grad()) out.push_back(x);
  for (const auto& [name, tensor] : variants) out.push_back(tensor);
  for (const Parameter& parameter : model.parameters()) {
    if (find(variants, parameter.name()) == nullptr) out.push_back(parameter.tensor());
  }
  return out;
}

// Sums of as many terms as a gradient has may differ by their rounding.
double tolerance(const Tensor& value) {
  return kTolerance * (1 + value.detach().abs().max().item<double>());
}

}  // namespace

TEST_CASE("an ensemble forward equals single passes in values and gradients", "[ensemble]") {
  const LayerCase layer_case = GENERATE(from_range(layer_cases()));
  const int64_t parts = GENERATE(1, 2, 7);
  const int64_t rows = GENERATE(1, 5);
  const bool training = GENERATE(false, true);
  const std::string which = GENERATE("", "weight", "bias");
  INFO(layer_case.name << ", E = " << parts << ", b = " << rows << ", training " << training
                       << ", varied '" << which << "'");
  OneLayer model(layer_case.make());
  model.initialize(3);
  model.set_training(training);
  model.require_gradients(true);
  Tensor x = random_input(layer_case, parts * rows, 1);
  if (x.is_floating_point()) x.set_requires_grad(true);
  const NamedTensors variants = leaf_variants(model, parts, which);

  const Tensor one = together(model, x, variants, parts);
  const Tensor many = apart(model, x, variants, parts);
  CHECK(max_error(one, many) < tolerance(many));

  const std::vector<Tensor> inputs = leaves(model, x, variants);
  const Tensor direction = random_tensor(one.sizes().vec(), 9);
  const auto one_grad = torch::autograd::grad({one}, inputs, {direction});
  const auto many_grad = torch::autograd::grad({many}, inputs, {direction});
  for (size_t i = 0; i < inputs.size(); ++i) {
    CHECK(max_error(one_grad[i], many_grad[i]) < tolerance(many_grad[i]));
  }
}

TEST_CASE("a layer without parameters treats the parts of a batch alike", "[ensemble]") {
  const LayerCase layer_case = GENERATE(from_range(plain_layer_cases()));
  const bool training = GENERATE(false, true);
  INFO(layer_case.name << ", training " << training);
  OneLayer model(layer_case.make());
  model.set_training(training);
  const Tensor x = random_input(layer_case, 6, 1);
  CHECK(max_error(together(model, x, {}, 3), apart(model, x, {}, 3)) == 0);
}

TEST_CASE("an empty batch comes out empty", "[ensemble]") {
  const LayerCase layer_case = GENERATE(from_range(layer_cases()));
  INFO(layer_case.name);
  OneLayer model(layer_case.make());
  const auto shape_after = [&](int64_t rows) {
    const NamedTensors variants = leaf_variants(model, 2);
    return together(model, random_input(layer_case, rows, 1), variants, 2).sizes().slice(1).vec();
  };
  CHECK(shape_after(0) == shape_after(2));
}

TEST_CASE("the gradients of every layer agree with finite differences", "[ensemble]") {
  constexpr int64_t kParts = 2;
  std::vector<LayerCase> all = layer_cases();
  for (LayerCase& plain : plain_layer_cases()) all.push_back(std::move(plain));
  const LayerCase layer_case = GENERATE_COPY(from_range(all));
  const bool training = GENERATE(false, true);
  INFO(layer_case.name << ", training " << training);
  OneLayer model(layer_case.make());
  model.initialize(3);
  model.set_training(training);
  Tensor x = random_input(layer_case, kParts * 3, 1);
  if (x.is_floating_point()) x.set_requires_grad(true);
  const NamedTensors variants = leaf_variants(model, kParts);

  const Tensor y = together(model, x, variants, kParts);
  const Tensor direction = random_tensor(y.sizes().vec(), 9);
  for (const Tensor& leaf : leaves(model, x, variants)) {
    const Tensor along = random_tensor(leaf.sizes().vec(), 10);
    const double exact =
        (torch::autograd::grad({y}, {leaf}, {direction}, true)[0] * along).sum().item<double>();
    const Tensor start = leaf.detach().clone();
    const auto value = [&](const Tensor& at) {
      const torch::NoGradGuard no_grad;
      leaf.data().copy_(at);
      return (together(model, x, variants, kParts) * direction).sum().item<double>();
    };
    const double difference = central_difference(value, start, along);
    leaf.data().copy_(start);
    // Rounding (1e-16 of the sum, over the step) and the third derivative (step squared).
    CHECK(std::abs(difference - exact) < 1e-7 * (1 + std::abs(exact)));
  }
}

TEST_CASE("a variant changes its own part of the batch only", "[ensemble]") {
  OneLayer model(std::make_shared<nn::LinearLayer>(3, 2));
  const Tensor x = random_tensor({6, 3}, 1);
  NamedTensors variants = leaf_variants(model, 3);
  const auto run = [&] {
    const EnsembleScope scope(model, 3, variations_of(variants));
    return model(x).detach();
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
  const Tensor x = random_tensor({4, 3}, 1);
  const Tensor before = model(x).detach();
  {
    const EnsembleScope scope(model, 2, variations_of(leaf_variants(model, 2)));
    model(x);
  }
  CHECK(max_error(model(x), before) == 0);
}

TEST_CASE("a batch that does not divide into the parts is refused", "[ensemble]") {
  OneLayer model(std::make_shared<nn::LinearLayer>(3, 2));
  const EnsembleScope scope(model, 2, variations_of(leaf_variants(model, 2)));
  CHECK_THROWS_WITH(model(random_tensor({5, 3}, 1)),
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
  const Tensor y = linear(x);
  CHECK(y[0].item<double>() == 5 * 1 + 6 * 2 + 10);
  CHECK(y[1].item<double>() == 5 * 3 + 6 * 4 + 20);
}

TEST_CASE("each layer's wiring names what feeds a unit", "[wiring]") {
  LayerCase layer_case = GENERATE(from_range(layer_cases()));
  INFO(layer_case.name);
  if (layer_case.recurrent) layer_case.sample[0] = 1;  // one step: no unit has read another yet
  OneLayer model(layer_case.make());
  model.initialize(5);
  Layer& layer = model.layer();
  const Tensor x = random_input(layer_case, 4, 2);
  const auto unit = [&](const Tensor& y, int64_t u) { return y.select(layer_case.units_at, u); };
  const Tensor before = model(x);
  REQUIRE(before.size(layer_case.units_at) == layer.units_out());
  for (int64_t u = 0; u < layer.units_out(); ++u) {
    NamedTensors kept = model.state();
    for (auto& [name, tensor] : kept) tensor = tensor.clone();
    silence(layer, "out", u);
    const Tensor after = model(x);
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
  const std::vector<std::string> names = registry.names(ComponentKind::layer);
  for (const char* name :
       {"linear", "conv1d", "conv2d", "batch_norm1d", "batch_norm2d", "layer_norm", "group_norm",
        "lstm", "gru_cell", "embedding", "multihead_attention", "dropout", "relu", "max_pool2d"}) {
    CHECK(std::count(names.begin(), names.end(), name) == 1);
  }
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
