// Convolution, pooling and norms against arithmetic by hand and LibTorch; options; refusals.
#include <modhost/error.h>
#include <modhost/registry.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "layer_cases.h"

using namespace modhost;

namespace {

Tensor row(std::vector<double> values) { return torch::tensor(values, torch::kDouble); }

void set(OneLayer& model, const std::string& name, const Tensor& value) {
  NamedTensors state = model.state();
  for (auto& [key, tensor] : state) {
    if (key == "layer." + name) tensor = value;
  }
  model.load_state(state);
}

// Makes buffers that hold one network hold `parts`.
void spread_buffers(OneLayer& model, int64_t parts) {
  for (const auto& buffer : model.layer().buffers()) {
    if (buffer->tensor.dim() == 1) buffer->tensor = buffer->tensor.repeat({parts, 1});
  }
}

}  // namespace

TEST_CASE("conv1d agrees with arithmetic done by hand", "[layers]") {
  OneLayer model(std::make_shared<nn::Conv1dLayer>(1, 1, 2, ops::Conv1dGeometry{1, 1, 2}));
  set(model, "weight", row({3, 5}).view({1, 1, 2}));
  set(model, "bias", row({0.5}));
  // Taps two apart, one zero on each side: 0 a b c 0.
  const double a = 2, b = 7, c = 11;
  const Tensor y = model(row({a, b, c}).view({1, 1, 3}));
  CHECK(max_error(y.flatten(), row({3 * 0 + 5 * b + 0.5, 3 * a + 5 * c + 0.5, 3 * b + 0.5})) == 0);
}

TEST_CASE("conv2d with a rectangular kernel agrees with arithmetic done by hand", "[layers]") {
  OneLayer model(std::make_shared<nn::Conv2dLayer>(1, 1, ops::Sides{1, 2},
                                                   ops::Conv2dGeometry{{2, 1}}, false));
  set(model, "weight", row({3, 5}).view({1, 1, 1, 2}));
  const Tensor y = model(row({1, 2, 3, 4, 6, 8, 7, 9, 11}).view({1, 1, 3, 3}));  // rows 0 and 2
  const Tensor expected =
      row({3 * 1 + 5 * 2, 3 * 2 + 5 * 3, 3 * 7 + 5 * 9, 3 * 9 + 5 * 11}).view({1, 1, 2, 2});
  CHECK(max_error(y, expected) == 0);
}

TEST_CASE("pooling and flattening agree with arithmetic done by hand", "[layers]") {
  const Tensor x = row({1, 5, 2, 8, -3, 4}).view({1, 1, 2, 3});
  CHECK(max_error(nn::MaxPool2dLayer(ops::Sides{2, 1}).forward(x),
                  row({8, 5, 4}).view({1, 1, 1, 3})) == 0);
  CHECK(max_error(nn::AvgPool2dLayer(ops::Sides{1, 3}).forward(x),
                  row({8 / 3.0, 3}).view({1, 1, 2, 1})) < 1e-15);
  CHECK(max_error(nn::GlobalAvgPoolLayer().forward(x), row({17 / 6.0}).view({1, 1})) < 1e-15);
  CHECK(max_error(nn::FlattenLayer().forward(x), x.view({1, 6})) == 0);
  CHECK(max_error(nn::MaxPool1dLayer(2, 1).forward(x.view({1, 1, 6})),
                  row({5, 5, 8, 8, 4}).view({1, 1, 5})) == 0);
}

TEST_CASE("batch norm keeps LibTorch's statistics and equals it in both modes", "[layers]") {
  const std::vector<int64_t> shape =
      GENERATE(as<std::vector<int64_t>>(), std::vector<int64_t>{6, 3},
               std::vector<int64_t>{6, 3, 4}, std::vector<int64_t>{6, 3, 4, 2});
  std::shared_ptr<Layer> layer;
  if (shape.size() == 4) {
    layer = std::make_shared<nn::BatchNorm2dLayer>(3);
  } else {
    layer = std::make_shared<nn::BatchNorm1dLayer>(3);
  }
  OneLayer model(layer);
  set(model, "weight", row({1, 2, 0.5}));
  set(model, "bias", row({0, -1, 3}));
  Tensor mean = torch::zeros({3}, torch::kDouble), variance = torch::ones({3}, torch::kDouble);
  for (uint64_t step = 0; step < 3; ++step) {
    model.set_training(true);
    const Tensor x = random_tensor(shape, step);
    const Tensor expected = torch::batch_norm(x, row({1, 2, 0.5}), row({0, -1, 3}), mean, variance,
                                              true, 0.1, 1e-5, false);
    CHECK(max_error(model(x), expected) < 1e-12);
    CHECK(max_error(*find(model.state(), "layer.running_mean"), mean) < 1e-13);
    CHECK(max_error(*find(model.state(), "layer.running_var"), variance) < 1e-13);
  }
  CHECK(find(model.state(), "layer.num_batches_tracked")->item<int64_t>() == 3);
  model.set_training(false);
  const Tensor x = random_tensor(shape, 9);
  const Tensor expected = torch::batch_norm(x, row({1, 2, 0.5}), row({0, -1, 3}), mean, variance,
                                            false, 0.1, 1e-5, false);
  CHECK(max_error(model(x), expected) < 1e-12);
}

TEST_CASE("networks trained together keep their own batch statistics", "[layers]") {
  constexpr int64_t kParts = 3, kRows = 4;
  OneLayer all(std::make_shared<nn::BatchNorm2dLayer>(2));
  spread_buffers(all, kParts);
  const Tensor x = random_tensor({kParts * kRows, 2, 3, 3}, 1);
  const EnsembleScope scope(all, kParts, {});
  all.set_training(true);
  const Tensor trained = all(x);
  all.set_training(false);
  const Tensor evaluated = all(x);
  for (int64_t part = 0; part < kParts; ++part) {
    OneLayer one(std::make_shared<nn::BatchNorm2dLayer>(2));
    const auto own = [&](const Tensor& tensor) { return tensor.narrow(0, part * kRows, kRows); };
    one.set_training(true);
    CHECK(max_error(own(trained), one(own(x))) < 1e-13);
    one.set_training(false);
    CHECK(max_error(own(evaluated), one(own(x))) < 1e-13);
    for (const char* name : {"layer.running_mean", "layer.running_var"}) {
      CHECK(max_error((*find(all.state(), name))[part], *find(one.state(), name)) < 1e-14);
    }
  }
}

TEST_CASE("statistics of several networks are not used for another number", "[layers]") {
  OneLayer model(std::make_shared<nn::BatchNorm2dLayer>(2));
  spread_buffers(model, 3);
  CHECK_THROWS_WITH(model(random_tensor({4, 2, 3, 3}, 1)), Catch::Contains("another number"));
}

TEST_CASE("layer norm agrees with arithmetic done by hand in both variants", "[layers]") {
  const double a = 1, b = 4, c = 7;
  const Tensor x = row({a, b, c}).view({1, 3});
  const double eps = 0.1, mean = (a + b + c) / 3;
  const double squares =
      (a - mean) * (a - mean) + (b - mean) * (b - mean) + (c - mean) * (c - mean);
  OneLayer standard(std::make_shared<nn::LayerNormLayer>(3, eps));
  standard.initialize(1);
  const double root = std::sqrt(squares / 3 + eps);
  CHECK(max_error(standard(x)[0], row({(a - mean) / root, 0, (c - mean) / root})) < 1e-15);
  OneLayer unbiased(
      std::make_shared<nn::LayerNormLayer>(3, eps, ops::LayerNormVariant::unbiased_std));
  unbiased.initialize(1);
  const double deviation = std::sqrt(squares / 2) + eps;
  CHECK(max_error(unbiased(x)[0], row({(a - mean) / deviation, 0, (c - mean) / deviation})) <
        1e-15);
  CHECK_THROWS_AS(nn::LayerNormLayer(1, eps, ops::LayerNormVariant::unbiased_std), Error);
}

TEST_CASE("group norm normalises runs of channels of each row", "[layers]") {
  OneLayer model(std::make_shared<nn::GroupNormLayer>(2, 4));
  set(model, "weight", row({1, 2, 3, 4}));
  set(model, "bias", row({0, 1, 0, 1}));
  const Tensor x = random_tensor({3, 4, 5}, 1);
  const Tensor runs = x.view({3, 2, 10});
  const Tensor centered = runs - runs.mean(2, true);
  const Tensor normal = centered / ((centered * centered).mean(2, true) + 1e-5).sqrt();
  const Tensor expected = normal.view({3, 4, 5}) * row({1, 2, 3, 4}).view({1, 4, 1}) +
                          row({0, 1, 0, 1}).view({1, 4, 1});
  CHECK(max_error(model(x), expected) < 1e-13);
  CHECK_THROWS_WITH(nn::GroupNormLayer(3, 4), "group_norm: 4 channels do not divide into 3 groups");
}

TEST_CASE("dropout zeroes its share in training and scales the rest", "[layers]") {
  OneLayer model(std::make_shared<nn::DropoutLayer>(0.25));
  const Tensor x = torch::ones({100, 1000}, torch::kDouble);
  CHECK(torch::equal(model(x), x));
  model.set_training(true);
  const Tensor y = model(x);
  const Tensor kept = y != 0;
  CHECK(max_error(y.masked_select(kept), torch::full_like(y.masked_select(kept), 1 / 0.75)) < 1e-7);
  // 100,000 draws: deviation of the share sqrt(0.25 * 0.75 / 100,000) = 0.0014.
  CHECK(kept.to(torch::kDouble).mean().item<double>() == Approx(0.75).margin(0.006));
}

TEST_CASE("every kind in the registry is made from its options under its own name", "[registry]") {
  Registry registry("modhost");
  register_builtin_layers(registry);
  for (const std::string& name : registry.names(ComponentKind::layer)) {
    INFO(name);
    const LayerEntry* entry = registry.find_layer(name);
    const auto options = entry->make_options();
    bool from_input = false;
    for (OptionBase* option : options->all()) {
      CHECK(!option->help().empty());
      if (!option->from_input()) continue;
      from_input = true;
      CHECK(option->default_text() == "0");
    }
    if (from_input) {
      CHECK_THROWS_WITH(entry->make(*options),
                        Catch::StartsWith("layer kind '" + name + "' needs the option '"));
    }
    for (OptionBase* option : options->all()) {
      if (option->from_input()) option->assign(name, {int64_t{8}, "test", false});
    }
    CHECK(entry->make(*options)->kind() == name);
  }
}

TEST_CASE("kernels of a file may be one number or two", "[registry]") {
  nn::Conv2dOptions options;
  options.in.set(2);
  options.kernel.set({3, 5});
  CHECK(nn::Conv2dLayer(options).parameters()[0].tensor().sizes() ==
        torch::IntArrayRef({1, 2, 3, 5}));
  options.kernel.set({3});
  CHECK(nn::Conv2dLayer(options).parameters()[0].tensor().sizes() ==
        torch::IntArrayRef({1, 2, 3, 3}));
  options.kernel.set({3, 5, 7});
  CHECK_THROWS_WITH(nn::Conv2dLayer(options),
                    "layer kind 'conv2d', option 'kernel': [3, 5, 7]; give one number or two");
}

TEST_CASE("an input of the wrong shape or type is refused in the layer's name", "[layers]") {
  OneLayer linear(std::make_shared<nn::LinearLayer>(3, 2));
  CHECK_THROWS_WITH(linear(random_tensor({2, 4}, 1)),
                    "layer 'layer' (linear) takes [n, ..., 3]; it got [2, 4]");
  CHECK_THROWS_WITH(linear(torch::zeros({2, 3}, torch::kLong)),
                    "layer 'layer' (linear) takes [n, ..., 3]; it got [2, 3] of type Long");
  OneLayer conv(std::make_shared<nn::Conv2dLayer>(3, 2, 5, ops::Conv2dGeometry{1, 1}));
  CHECK_THROWS_WITH(conv(random_tensor({2, 3, 2, 9}, 1)),
                    "layer 'layer' (conv2d) takes [n, 3, height, width] of at least 3 x 3; it got "
                    "[2, 3, 2, 9]");
  CHECK_THROWS_WITH(nn::Conv1dLayer(3, 2, 5).forward(random_tensor({2, 3, 4}, 1)),
                    Catch::Contains("at least 5 long; it got [2, 3, 4]"));
  CHECK_THROWS_WITH(nn::Conv2dLayer(3, 4, 3, ops::Conv2dGeometry{1, 1, 1, 2}),
                    "conv2d: 3 input and 4 output channels do not divide into 2 groups");
  CHECK_THROWS_WITH(nn::BatchNorm2dLayer(3).forward(random_tensor({2, 3}, 1)),
                    Catch::Contains("takes [n, 3, height, width]; it got [2, 3]"));
  CHECK_THROWS_WITH(nn::MaxPool2dLayer(2, 0, 2), Catch::Contains("more than half the window"));
  CHECK_THROWS_WITH(nn::ActivationLayer("relo"), Catch::Contains("unknown activation 'relo'"));
}
