// The units of networks and the taps between them.
#include "modhost/unit_network.h"

#include <modhost/error.h>
#include <torch/csrc/autograd/autograd.h>

#include <catch2/catch.hpp>

#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;
using Names = std::vector<std::string>;

namespace {

UnitChoice all() {
  UnitChoice choice;
  choice.kinds = UnitKinds::all;
  return choice;
}

std::string refusal(const ModelBase& model, const UnitChoice& choice) {
  try {
    unit_network(model, choice);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    return error.full();
  }
  return "";
}

// conv 2 -> conv 3 with a normalisation -> flatten (4 positions) -> 5 -> 2
std::unique_ptr<Net> small_cnn(bool relu_first) {
  auto net = std::make_unique<Net>(of_images({1, 4, 4}, 2));
  net->push<nn::Conv2dLayer>(0, {}, "conv1", 1, 2, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  if (relu_first) {
    net->push<nn::ActivationLayer>(0, {}, "relu1", "relu");
    net->push<nn::BatchNorm2dLayer>(0, {}, "norm1", 2);
  } else {
    net->push<nn::BatchNorm2dLayer>(0, {}, "norm1", 2);
    net->push<nn::ActivationLayer>(0, {}, "relu1", "relu");
  }
  net->push<nn::Conv2dLayer>(0, {}, "conv2", 2, 3, 3, ops::Conv2dGeometry{2, 1, 1, 1});
  net->push<nn::FlattenLayer>(0, {}, "flatten");
  net->push<nn::LinearLayer>(-1, {}, "fc1", 12, 5);
  net->push<nn::LinearLayer>(-1, {}, "fc2", 5, 2);
  net->initialize(3);
  net->to(torch::kDouble);
  return net;
}

Layer& layer_of(const ModelBase& model, const std::string& name) {
  for (const auto& slot : model.layers()) {
    if (slot.name == name) return *slot.layer;
  }
  throw std::runtime_error(name);
}

Tensor parameter(const ModelBase& model, const std::string& name) {
  for (const Parameter& own : model.parameters()) {
    if (own.name() == name) return own.tensor();
  }
  throw std::runtime_error(name);
}

std::vector<EntryUnits> entries_of(const ModelBase& model, const UnitNetwork& network) {
  std::vector<EntryUnits> out;
  for (const UnitKernel& kernel : network.kernels) {
    out.push_back(entry_units(kernel, parameter(model, kernel.parameter).sizes()));
  }
  return out;
}

}  // namespace

TEST_CASE("the graph of a perceptron is its weights", "[units]") {
  Net net(of_features(2, 2));
  net.push<nn::LinearLayer>(-1, {}, "a", 2, 3);
  net.push<nn::LinearLayer>(-1, {}, "b", 3, 2);
  parameter(net, "a.weight").copy_(torch::tensor({{1., -2.}, {0., 3.}, {-4., 0.}}));
  parameter(net, "b.weight").copy_(torch::tensor({{1., 0., -1.}, {2., 5., 0.}}));
  const UnitNetwork network = unit_network(net, {});
  CHECK(names_of(network) == Names{"input 2", "a 3", "b 2"});
  const UnitGraph graph = unit_graph(network, {});
  CHECK(edges(graph, "input", "a")
            .equal(torch::tensor({{1., 2.}, {0., 3.}, {4., 0.}}, torch::kDouble)));
  CHECK(graph.degrees() ==
        std::vector<double>{1 + 4, 2 + 3, 1 + 2 + 1 + 2, 3 + 0 + 5, 4 + 1, 2, 7});
}

TEST_CASE("degrees are those of the published graphs", "[units]") {
  const std::string name =
      GENERATE("tiny_planted3", "tiny_disconnected4", "grad_mlp", "grad_cnn", "small_pruned90");
  CAPTURE(name);
  const auto arrays = read_npz(std::string(MODHOST_TEST_DATA) + "/clusterability/" + name + ".npz");
  std::vector<Tensor> weights;
  while (arrays.count("W" + std::to_string(weights.size())) > 0) {
    weights.push_back(array(arrays, "W" + std::to_string(weights.size())));
  }
  const bool images = weights[0].dim() == 4;
  const int64_t in = weights[0].size(1), out = weights.back().size(0);
  Net net(images ? of_images({1, 5, 5}, out) : of_features(in, out));
  // The first group of channels is one that a convolution puts out.
  if (images) net.push<nn::Conv2dLayer>(0, {}, "first", 1, in, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  for (size_t i = 0; i < weights.size(); ++i) {
    const std::string layer = "W" + std::to_string(i);
    const Tensor& w = weights[i];
    if (images) {
      net.push<nn::Conv2dLayer>(0, {}, layer, w.size(1), w.size(0), 3,
                                ops::Conv2dGeometry{1, 1, 1, 1});
    } else {
      net.push<nn::LinearLayer>(-1, {}, layer, w.size(1), w.size(0));
    }
    parameter(net, layer + ".weight").copy_(w);
  }
  const std::vector<double> degrees = unit_graph(unit_network(net, {}), {}).degrees();
  const Tensor keep = array(arrays, "keep"), truth = array(arrays, "degree");
  REQUIRE(keep.numel() == static_cast<int64_t>(degrees.size()));
  const Tensor own = torch::tensor(degrees, torch::kDouble).masked_select(keep.to(torch::kBool));
  CHECK(own.numel() == truth.numel());
  CHECK(largest(own / truth, torch::ones_like(truth)) < 1e-6);
}

TEST_CASE("a network with convolutions has their channels, unless told otherwise", "[units]") {
  const auto net = small_cnn(false);
  CHECK(names_of(unit_network(*net, {})) == Names{"conv1 2", "conv2 3"});
  CHECK(names_of(unit_network(*net, all())) ==
        Names{"input 1", "conv1 2", "conv2 3", "fc1 5", "fc2 2"});
  UnitChoice choice;
  choice.inputs = true;
  CHECK(names_of(unit_network(*net, choice)) == Names{"input 1", "conv1 2", "conv2 3"});
  choice = all();
  choice.inputs = choice.outputs = false;
  CHECK(names_of(unit_network(*net, choice)) == Names{"conv1 2", "conv2 3", "fc1 5"});
  choice = {};
  choice.kinds = UnitKinds::named;
  choice.layers = {"conv2", "fc*"};
  CHECK(names_of(unit_network(*net, choice)) == Names{"conv2 3", "fc1 5", "fc2 2"});
}

TEST_CASE("a choice without weights says so", "[units]") {
  const auto net = small_cnn(false);
  UnitChoice choice;
  choice.kinds = UnitKinds::named;
  choice.layers = {"conv1", "fc1"};
  CHECK(
      refusal(*net, choice) ==
      "no weights lie between the chosen groups of units; there is input, conv1, conv2, fc1, fc2");
  choice.layers = {"cnv2"};
  CHECK(
      refusal(*net, choice) ==
      "no layer with units is called 'cnv2'; there is input, conv1, conv2, fc1, fc2; did you mean "
      "'conv2'?");
  const Net nothing(of_features(2, 2));
  CHECK(refusal(nothing, {}) == "the model has no weights between units that it tells of");
}

TEST_CASE("a flattened channel reaches a unit by all its positions", "[units]") {
  const auto net = small_cnn(false);
  const UnitGraph graph = unit_graph(unit_network(*net, all()), {});
  const Tensor weight = parameter(*net, "fc1.weight");  // [5, 3 channels * 4 positions]
  CHECK(largest(edges(graph, "conv2", "fc1"), weight.view({5, 3, 4}).abs().sum(2)) < 1e-12);
}

TEST_CASE("a normalisation at once after a convolution scales what feeds its units", "[units]") {
  const bool relu_first = GENERATE(false, true);
  const auto net = small_cnn(relu_first);
  parameter(*net, "norm1.weight").copy_(torch::tensor({-2., 0.5}));
  for (auto& buffer : layer_of(*net, "norm1").buffers()) {
    if (buffer->name == "running_var") buffer->tensor.copy_(torch::tensor({4., 0.25}));
  }
  const UnitNetwork network = unit_network(*net, all());
  const UnitGraph graph = unit_graph(network, {});
  const Tensor factor =
      torch::tensor({2 / std::sqrt(4 + 1e-5), 0.5 / std::sqrt(0.25 + 1e-5)}, torch::kDouble);
  const Tensor first = parameter(*net, "conv1.weight").abs().sum({2, 3});   // [2, 1]
  const Tensor second = parameter(*net, "conv2.weight").abs().sum({2, 3});  // [3, 2]
  const Tensor ones = torch::ones({2}, torch::kDouble);
  // After the activation the scale is on the way out.
  CHECK(largest(edges(graph, "input", "conv1"), first * (relu_first ? ones : factor).unsqueeze(1)) <
        1e-12);
  CHECK(largest(edges(graph, "conv1", "conv2"), second * (relu_first ? factor : ones)) < 1e-12);
  GraphChoice plain;
  plain.fold_batch_norm = false;
  CHECK(largest(edges(unit_graph(network, plain), "input", "conv1"), first) < 1e-12);
}

TEST_CASE("normalisations before and after a sum", "[units]") {
  const auto geometry = ops::Conv2dGeometry{1, 1, 1, 1};
  Net net(of_images({1, 4, 4}, 2));
  net.push<nn::Conv2dLayer>(0, {}, "a", 1, 3, 3, geometry);
  net.push<nn::ActivationLayer>(0, {}, "relu_a", "relu");
  net.push<nn::BatchNorm2dLayer>(0, {}, "norm_a", 3);
  net.push<nn::Conv2dLayer>(0, {}, "b", 3, 3, 3, geometry);
  net.push<nn::ActivationLayer>(0, {}, "relu_b", "relu");
  net.push<nn::BatchNorm2dLayer>(0, {}, "norm_b", 3);
  net.push<nn::BatchNorm2dLayer>(0, {"norm_a", "norm_b"}, "norm_sum", 3);
  net.push<nn::Conv2dLayer>(0, {}, "c", 3, 2, 3, geometry);
  const UnitNetwork network = unit_network(net, all());
  CHECK(names_of(network) == Names{"input 1", "a 3", "c 2"});
  Names scales;
  for (const UnitKernel& kernel : network.kernels) {
    for (const UnitScale& scale : kernel.scales) {
      scales.push_back(kernel.layer + (scale.direct ? " direct " : " outgoing ") + scale.layer);
    }
  }
  // norm_a is also on the way from a to b, where the reader sees it alone; but it is one factor of
  // the summand, which goes to the weights that feed it.
  CHECK(scales == Names{"a direct norm_a", "b direct norm_b", "c outgoing norm_sum"});
}

TEST_CASE("parts of a grouped convolution do not touch", "[units]") {
  Net net(of_images({4, 3, 3}, 2));
  const int64_t groups = GENERATE(2, 4);
  net.push<nn::Conv2dLayer>(0, {}, "conv", 4, 8, 3, ops::Conv2dGeometry{1, 1, 1, groups});
  const UnitGraph graph = unit_graph(unit_network(net, all()), {});
  const Tensor own = edges(graph, "input", "conv");
  const Tensor weight = parameter(net, "conv.weight").abs().sum({2, 3}).to(torch::kDouble);
  for (int64_t out = 0; out < 8; ++out) {
    const int64_t part = out / (8 / groups), width = 4 / groups;
    for (int64_t in = 0; in < 4; ++in) {
      const bool inside = in / width == part;
      const double expected = inside ? weight[out][in % width].item<double>() : 0;
      CHECK(own[out][in].item<double>() == Approx(expected).epsilon(1e-6));
    }
  }
}

TEST_CASE("layers that are added up share their units", "[units]") {
  Net net(of_features(3, 2));
  net.push<nn::LinearLayer>(-1, {}, "a", 3, 4);
  net.push<nn::LinearLayer>(-1, {}, "b", 4, 4);
  net.push<nn::LinearLayer>(-1, {"a", "b"}, "c", 4, 2);
  const UnitNetwork network = unit_network(net, {});
  CHECK(names_of(network) == Names{"input 3", "a 4", "c 2"});
  REQUIRE(network.writers[1].size() == 2);
  CHECK(network.writers[1][1].layer == "b");
  const UnitGraph graph = unit_graph(network, {});
  CHECK(largest(edges(graph, "a", "a"), parameter(net, "b.weight").abs()) < 1e-6);
  CHECK(largest(edges(graph, "a", "c"), parameter(net, "c.weight").abs()) < 1e-6);

  UnitChoice apart;
  apart.sums = false;
  const UnitGraph other = unit_graph(unit_network(net, apart), {});
  REQUIRE(other.groups.size() == 4);
  CHECK(largest(edges(other, "a", "b"), parameter(net, "b.weight").abs()) < 1e-6);
  CHECK(edges(other, "a", "c").equal(edges(other, "b", "c")));
}

TEST_CASE("concatenated layers stay apart", "[units]") {
  Net net(of_features(3, 2));
  net.add<nn::LinearLayer>("a", 3, 2);
  net.add<nn::LinearLayer>("b", 3, 4);
  net.add<nn::LinearLayer>("c", 6, 2);
  net.join("", "a", joint::same(3));
  net.join("", "b", joint::same(3));
  net.join("a", "c", {{0, 0}, {1, 1}});
  net.join("b", "c", {{0, 2}, {1, 3}, {2, 4}, {3, 5}});
  const UnitGraph graph = unit_graph(unit_network(net, {}), {});
  const Tensor weight = parameter(net, "c.weight").abs();
  CHECK(largest(edges(graph, "a", "c"), weight.narrow(1, 0, 2)) < 1e-6);
  CHECK(largest(edges(graph, "b", "c"), weight.narrow(1, 2, 4)) < 1e-6);
}

TEST_CASE("a shared layer connects each place that it reads", "[units]") {
  Net net(of_features(3, 2));
  net.add<nn::LinearLayer>("a", 3, 4);
  net.add<nn::LinearLayer>("shared", 2, 5);
  net.join("", "a", joint::same(3));
  net.join("a", "shared", joint::chunked(4, 2));
  const UnitGraph graph = unit_graph(unit_network(net, {}), {});
  const Tensor weight = parameter(net, "shared.weight").abs();  // [5, 2]
  CHECK(largest(edges(graph, "a", "shared"), torch::cat({weight, weight}, 1)) < 1e-6);
}

TEST_CASE("an entry of a shared layer reads all units that arrive at its input", "[units]") {
  Net net(of_features(3, 2));
  net.add<nn::LinearLayer>("a", 3, 5);
  net.add<nn::LinearLayer>("shared", 2, 3);
  net.add<nn::LinearLayer>("out", 3, 2);
  net.join("", "a", joint::same(3));
  net.join("a", "shared", {{0, 0}, {1, 1}, {2, 0}, {3, 1}, {4, 1}});
  net.join("shared", "out", joint::same(3));
  const UnitNetwork network = unit_network(net, all());
  REQUIRE(network.kernels.size() == 3);
  const EntryUnits units = entry_units(network.kernels[1], {3, 2});
  CHECK(units.to.equal(torch::tensor({0, 0, 1, 1, 2, 2}).view({3, 2})));
  REQUIRE(units.from.size() == 3);
  CHECK(units.from[0].equal(torch::tensor({0, 1}).expand({3, 2})));
  CHECK(units.from[1].equal(torch::tensor({2, 3}).expand({3, 2})));
  CHECK(units.from[2].equal(torch::tensor({-1, 4}).expand({3, 2})));
  const std::vector<EntryUnits> entries = entries_of(net, network);
  CHECK(entries[0].from.size() == 1);
  CHECK(shared_kernels(network, entries) == std::vector<bool>{false, true, false});
}

TEST_CASE("weights are shared by units of two groups, but not by those that lie side by side",
          "[units]") {
  const auto shared = [](const joint::Pairs& second) {
    Net net(of_features(3, 2));
    net.add<nn::LinearLayer>("a", 3, 2);
    net.add<nn::LinearLayer>("b", 3, 1);
    net.add<nn::LinearLayer>("out", 3, 2);
    net.join("", "a", joint::same(3));
    net.join("", "b", joint::same(3));
    net.join("a", "out", joint::same(2));
    net.join("b", "out", second);
    const UnitNetwork network = unit_network(net, all());
    return shared_kernels(network, entries_of(net, network));
  };
  CHECK(shared({{0, 2}}) == std::vector<bool>{false, false, false, false});
  CHECK(shared({{0, 0}, {0, 2}}) == std::vector<bool>{false, false, true, true});
}

TEST_CASE("a network tells which of its units are normalised together", "[units]") {
  Net net(of_features(3, 2));
  net.push<nn::LinearLayer>(-1, {}, "a", 3, 4);
  net.push<nn::LayerNormLayer>(-1, {}, "norm", 4);
  net.push<nn::LinearLayer>(-1, {}, "b", 4, 2);
  const UnitNetwork network = unit_network(net, all());
  CHECK(network.norms == std::vector<Names>{{}, {"norm"}, {}});
  const auto cnn = small_cnn(false);  // with a batch normalisation: each channel by itself
  for (const Names& norms : unit_network(*cnn, all()).norms) CHECK(norms.empty());
}

TEST_CASE("gates are taps of one recurrent unit", "[units]") {
  nn::RecurrentSettings settings;
  settings.layers = 2;
  Net net({Input::sequence, {5, 3}, Output::classes, {2}, 0, {}});
  net.add<nn::LstmLayer>("lstm", 3, 4, settings);
  net.add<nn::LinearLayer>("out", 4, 2);
  net.join("", "lstm", joint::same(3));
  net.join("lstm", "out", joint::same(4));
  net.initialize(4);
  const UnitGraph graph = unit_graph(unit_network(net, {}), {});
  REQUIRE(graph.groups.size() == 4);
  CHECK(graph.groups[1].name == "lstm.layer0");
  const auto gates = [&](const std::string& name, int64_t in) {
    return parameter(net, name).view({4, 4, in}).abs().sum(0);
  };
  CHECK(largest(edges(graph, "input", "lstm.layer0"), gates("lstm.weight_ih_l0", 3)) < 1e-6);
  CHECK(largest(edges(graph, "lstm.layer0", "lstm.layer0"), gates("lstm.weight_hh_l0", 4)) < 1e-6);
  CHECK(largest(edges(graph, "lstm.layer0", "lstm"), gates("lstm.weight_ih_l1", 4)) < 1e-6);
  CHECK(largest(edges(graph, "lstm", "out"), parameter(net, "out.weight").abs()) < 1e-6);
}

TEST_CASE("an encoder that nobody reads starts the decoder", "[units]") {
  Net net({Input::sequence, {5, 3}, Output::classes, {2}, 0, {}});
  net.add<nn::GruLayer>("encoder", 3, 4, nn::RecurrentSettings{});
  net.add<nn::GruLayer>("decoder", 2, 4, nn::RecurrentSettings{});
  net.add<nn::LinearLayer>("out", 4, 2);
  net.join("", "encoder", joint::same(3));
  net.join("out", "decoder", joint::same(2));
  net.join("decoder", "out", joint::same(4));
  net.initialize(4);
  const UnitGraph graph = unit_graph(unit_network(net, {}), {});
  const Tensor gates = parameter(net, "decoder.weight_hh_l0").view({3, 4, 4}).abs().sum(0);
  CHECK(largest(edges(graph, "decoder", "decoder"), gates) < 1e-6);
  CHECK(largest(edges(graph, "encoder", "decoder"), gates) < 1e-6);
  CHECK(!edges(graph, "decoder", "encoder").defined());
}

TEST_CASE("tokens, heads and residual streams of an attention are units", "[units]") {
  Net net({Input::tokens, {5}, Output::classes, {2}, 7, {}});
  net.add<nn::EmbeddingLayer>("embedding", 7, 4);
  net.add<nn::MultiheadAttentionLayer>("attention", 4, 2, nn::AttentionSettings{});
  net.add<nn::LayerNormLayer>("norm", 4);
  net.add<nn::LinearLayer>("out", 4, 2);
  net.join("", "embedding", joint::same(7));
  net.join("embedding", "attention", joint::same(4));
  net.join("embedding", "norm", joint::same(4));
  net.join("attention", "norm", joint::same(4));
  net.join("norm", "out", joint::same(4));
  net.initialize(4);
  const UnitNetwork network = unit_network(net, {});
  CHECK(names_of(network) == Names{"input 7", "embedding 4", "attention.heads 4", "out 2"});
  const UnitGraph graph = unit_graph(network, {});
  CHECK(largest(edges(graph, "input", "embedding"), parameter(net, "embedding.weight").t().abs()) <
        1e-6);
  CHECK(largest(edges(graph, "embedding", "attention.heads"),
                parameter(net, "attention.in_proj_weight").view({3, 4, 4}).abs().sum(0)) < 1e-6);
  CHECK(largest(edges(graph, "attention.heads", "embedding"),
                parameter(net, "attention.out_proj.weight").abs()) < 1e-6);
}

TEST_CASE("edges are differentiable in weights and scales", "[units]") {
  const auto net = small_cnn(false);
  const UnitNetwork network = unit_network(*net, {});
  net->require_gradients(true);
  const UnitNetwork live = live_network(network, *net);
  Tensor sum = torch::zeros({}, torch::kDouble);
  for (const Tensor& block : unit_edges(live, {})) sum = sum + block.sum();
  sum.backward();
  const Tensor weight = parameter(*net, "conv2.weight");
  CHECK(largest(weight.grad(), weight.sign()) < 1e-12);
  // conv1's own kernel is no part of the graph, and with it the factor of its channels.
  CHECK(!parameter(*net, "norm1.weight").grad().defined());

  const UnitNetwork whole = live_network(unit_network(*net, all()), *net);
  const Tensor into = unit_edges(whole, {})[0];  // [2, 1]
  const auto grads = torch::autograd::grad({into.sum()}, {parameter(*net, "norm1.weight")});
  const Tensor taps = parameter(*net, "conv1.weight").detach().abs().sum({1, 2, 3});
  CHECK(largest(grads[0], taps / std::sqrt(1 + 1e-5)) < 1e-12);
}

TEST_CASE("three layers at a time", "[units]") {
  Net net(of_features(2, 2));
  net.push<nn::LinearLayer>(-1, {}, "a", 2, 3);
  net.push<nn::LinearLayer>(-1, {}, "b", 3, 4);
  net.push<nn::LinearLayer>(-1, {}, "c", 4, 2);
  const auto local = local_graphs(unit_graph(unit_network(net, {}), {}));
  REQUIRE(local.size() == 2);
  CHECK(local[0].groups == std::vector<int64_t>{0, 1, 2});
  CHECK(local[0].labels == std::vector<int64_t>{0, 1});
  CHECK(local[1].groups == std::vector<int64_t>{1, 2, 3});
  CHECK(local[1].labels == std::vector<int64_t>{2, 3});
  REQUIRE(local[1].graph.blocks.size() == 2);
  CHECK(local[1].graph.blocks[1].from == 1);
  CHECK(local[1].graph.blocks[1].to == 2);
  CHECK(local[1].graph.units() == 9);
}
