// From taps to edges: norms of kernels, normalised weights, and what an edge says about lesions.
#include <modhost/error.h>
#include <modhost/random.h>
#include <modhost/unit_network.h>

#include <catch2/catch.hpp>

#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;

namespace {

NpzArrays reference(const std::string& name) {
  return read_npz(std::string(MODHOST_TEST_DATA) + "/clusterability/" + name);
}

// A network of plain kernels: kernel i from group i to group i + 1.
UnitNetwork chain_of(const std::vector<Tensor>& kernels) {
  UnitNetwork network;
  const auto add_group = [&](int64_t units) {
    network.groups.push_back({"g" + std::to_string(network.groups.size()), units});
    network.writers.push_back({{network.groups.back().name, "out"}});
  };
  add_group(kernels[0].size(1));
  for (size_t i = 0; i < kernels.size(); ++i) {
    UnitKernel kernel;
    kernel.from = static_cast<int64_t>(i);
    kernel.to = kernel.from + 1;
    kernel.parameter = "W" + std::to_string(i);
    kernel.weights = kernels[i].dim() == 2 ? kernels[i].unsqueeze(2) : kernels[i].flatten(2);
    if (kernels[i].dim() == 4)
      kernel.rows = kernels[i].size(2), kernel.columns = kernels[i].size(3);
    kernel.map.inputs = torch::arange(kernels[i].size(1)).unsqueeze(1);
    network.kernels.push_back(kernel);
    add_group(kernels[i].size(0));
  }
  return network;
}

Tensor normals(const std::vector<int64_t>& shape, uint64_t seed) {
  RandomStream random(seed);
  Tensor out = torch::empty(shape, torch::kDouble);
  for (int64_t i = 0; i < out.numel(); ++i) out.data_ptr<double>()[i] = random.normal();
  return out;
}

Tensor output_of(const std::vector<Tensor>& weights, Tensor x) {
  for (size_t i = 0; i < weights.size(); ++i) {
    if (i > 0) x = x.relu();
    x = torch::mm(x, weights[i].t());
  }
  return x;
}

}  // namespace

TEST_CASE("norms of kernels are those of NumPy", "[units]") {
  const auto truth = reference("kernel_norms.npz");
  const auto [norm, name] = GENERATE(table<KernelNorm, std::string>({
      {KernelNorm::l1, "l1"},
      {KernelNorm::l2, "l2"},
      {KernelNorm::induced1, "induced1"},
      {KernelNorm::spectral, "spectral"},
  }));
  CAPTURE(name);
  UnitNetwork network = chain_of({array(truth, "kernel")});
  UnitScale scale;
  scale.gamma = array(truth, "gamma");
  scale.variance = array(truth, "variance");
  scale.eps = truth.at("eps").scalar<double>();
  scale.direct = true;
  scale.channels = torch::arange(4);
  network.kernels[0].scales = {scale};
  GraphChoice choice;
  choice.norm = norm;
  const UnitGraph graph = unit_graph(network, choice);
  CHECK(largest(graph.blocks[0].weights, array(truth, name)) < 1e-12);
}

TEST_CASE("several matrices of an edge add up", "[units]") {
  // Two 2 x 2 matrices: column sums 3, 4 and 2, 0; largest singular values 3 (diagonal) and 2.
  UnitNetwork network = chain_of({torch::ones({1, 1}, torch::kDouble)});
  network.kernels[0].weights =
      torch::tensor({0., -3., 3., 0., 2., 0., 0., 0.}, torch::kDouble).view({1, 1, 8});
  network.kernels[0].rows = network.kernels[0].columns = 2;
  const auto edge = [&](KernelNorm norm) {
    GraphChoice choice;
    choice.norm = norm;
    return unit_graph(network, choice).blocks[0].weights.item<double>();
  };
  CHECK(edge(KernelNorm::l1) == Approx(3 + 3 + 2));
  CHECK(edge(KernelNorm::l2) == Approx(std::sqrt(9. + 9 + 4)));
  CHECK(edge(KernelNorm::induced1) == Approx(3 + 2));
  CHECK(edge(KernelNorm::spectral) == Approx(std::sqrt(3. * 3 + 2 * 2)));
}

TEST_CASE("the edges of each layer can be divided by their mean", "[units]") {
  const Tensor first = torch::tensor({{1., -2.}, {0., 5.}}, torch::kDouble);  // sizes: mean 2
  const Tensor second = torch::tensor({{-8., 4.}}, torch::kDouble);           // mean 6
  GraphChoice choice;
  choice.divide_by_mean = true;
  const UnitGraph graph = unit_graph(chain_of({first, second}), choice);
  CHECK(largest(graph.blocks[0].weights, first.abs() / 2) < 1e-15);
  CHECK(largest(graph.blocks[1].weights, second.abs() / 6) < 1e-15);
}

TEST_CASE("a negative scale gives no negative edge", "[units]") {
  UnitNetwork network = chain_of({normals({3, 2}, 1), normals({2, 3}, 2)});
  UnitScale scale;
  scale.gamma = torch::tensor({-2., -1., 3.}, torch::kDouble);
  scale.variance = torch::ones({3}, torch::kDouble);
  scale.channels = torch::arange(3).unsqueeze(1);
  network.kernels[1].scales = {scale};
  const UnitGraph graph = unit_graph(network, {});
  CHECK(largest(graph.blocks[1].weights,
                (network.kernels[1].weights.squeeze(2) * scale.gamma).abs()) < 1e-12);
}

TEST_CASE("normalised weights are those of the published rule", "[units]") {
  const auto truth = reference("normalized_weights.npz");
  const std::vector<Tensor> weights{array(truth, "W0"), array(truth, "W1"), array(truth, "W2")};
  GraphChoice choice;
  choice.normalize_weights = true;
  const UnitGraph graph = unit_graph(chain_of(weights), choice);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(largest(graph.blocks[i].weights, array(truth, "N" + std::to_string(i))) < 1e-12);
  }
  // Unit 2 reads nothing; what it feeds is left as it was but for the scale of the next units.
  CHECK(graph.blocks[1].weights.select(1, 2).min().item<double>() > 0);
}

TEST_CASE("normalised weights compute the same", "[units]") {
  const std::vector<Tensor> weights{normals({5, 4}, 1), normals({6, 5}, 2), normals({3, 6}, 3)};
  GraphChoice choice;
  choice.normalize_weights = true;
  const UnitGraph graph = unit_graph(chain_of(weights), choice);
  std::vector<Tensor> normalised;
  for (size_t i = 0; i < 3; ++i) {
    normalised.push_back(graph.blocks[i].weights * weights[i].sign());
    if (i == 2) continue;
    CHECK(largest(normalised[i].norm(2, 1), torch::ones({weights[i].size(0)})) < 1e-12);
  }
  const Tensor x = normals({20, 4}, 4);
  CHECK(largest(output_of(weights, x), output_of(normalised, x)) < 1e-12);
}

TEST_CASE("weights are not normalised where that would change the network", "[units]") {
  GraphChoice choice;
  choice.normalize_weights = true;
  const auto refusal = [&](const UnitNetwork& network) {
    try {
      unit_graph(network, choice);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  Net net(of_features(3, 2));
  net.push<nn::LinearLayer>(-1, {}, "a", 3, 4);
  net.push<nn::LinearLayer>(-1, {}, "b", 4, 4);
  net.push<nn::LinearLayer>(-1, {"a", "b"}, "c", 4, 2);
  CHECK(refusal(unit_network(net, {})) ==
        "weights cannot be normalised where units reach themselves, as 'a' do");
  UnitChoice apart;
  apart.sums = false;
  CHECK(refusal(unit_network(net, apart)) ==
        "weights cannot be normalised where units are added up: 'a' and 'b' arrive at the same "
        "inputs of layer 'c'");
}

TEST_CASE("weights that are not finite are no edges", "[units]") {
  const Tensor weight =
      torch::tensor({{1., std::numeric_limits<double>::infinity()}}, torch::kDouble);
  CHECK_THROWS_WITH(unit_graph(chain_of({weight}), {}), Catch::Contains("'W0'"));
}

TEST_CASE("an edge of weight 0 is a lesion without effect", "[units]") {
  const uint64_t seed = GENERATE(range(1, 9));
  Net net(of_images({2, 5, 5}, 3));
  net.push<nn::Conv2dLayer>(0, {}, "conv1", 2, 4, 3, ops::Conv2dGeometry{2, 1, 1, 1});
  net.push<nn::BatchNorm2dLayer>(0, {}, "norm", 4);
  net.push<nn::ActivationLayer>(0, {}, "relu", "relu");
  net.push<nn::Conv2dLayer>(0, {}, "conv2", 4, 4, 3, ops::Conv2dGeometry{1, 1, 1, 2});
  net.push<nn::FlattenLayer>(0, {}, "flatten");
  net.push<nn::LinearLayer>(-1, {}, "fc", 36, 3);
  net.initialize(seed);
  net.to(torch::kDouble);
  // A third of the connections is cut, all taps of each: so that some edges vanish.
  RandomStream random(seed);
  for (const Parameter& parameter : net.parameters()) {
    if (parameter.tensor().dim() == 4) {
      for (int64_t i = 0; i < parameter.tensor().size(0); ++i) {
        for (int64_t j = 0; j < parameter.tensor().size(1); ++j) {
          if (random.uniform() < 0.4) parameter.tensor()[i][j].zero_();
        }
      }
    } else if (parameter.name() == "fc.weight") {
      Tensor by_unit = parameter.tensor().view({3, 4, 9});
      for (int64_t i = 0; i < 12; ++i) {
        if (random.uniform() < 0.4) by_unit[i / 4][i % 4].zero_();
      }
    }
  }
  UnitChoice choice;
  choice.kinds = UnitKinds::all;
  const UnitGraph graph = unit_graph(unit_network(net, choice), {});
  const std::vector<std::shared_ptr<Layer>> layers = [&] {
    std::vector<std::shared_ptr<Layer>> out;
    for (const auto& slot : net.layers()) out.push_back(slot.layer);
    return out;
  }();
  // The layers up to `end` on x, with one unit of what layer `at` puts out set to zero.
  const auto run = [&](Tensor x, size_t end, size_t at, int64_t unit) {
    for (size_t i = 0; i < end; ++i) {
      x = layers[i]->forward(x);
      if (i == at) x.select(1, unit).zero_();
    }
    return x;
  };
  const Tensor x = normals({6, 2, 5, 5}, seed + 100);
  const torch::NoGradGuard no_grad;
  // conv1 (its map after the activation) -> conv2, conv2 -> fc: each the only reader.
  const std::tuple<std::string, std::string, size_t, size_t, size_t> links[] = {
      {"conv1", "conv2", 2, 4, 4}, {"conv2", "fc", 3, 6, 3}};
  for (const auto& [from, to, at, end, readers] : links) {
    const Tensor weights = edges(graph, from, to);
    const Tensor plain = run(x, end, 99, 0);
    for (int64_t unit = 0; unit < 4; ++unit) {
      if (run(x, at + 1, 99, 0).select(1, unit).eq(0).all().item<bool>()) continue;  // silent
      const Tensor lesioned = run(x, end, at, unit);
      for (int64_t j = 0; j < static_cast<int64_t>(readers); ++j) {
        const bool same = lesioned.select(1, j).equal(plain.select(1, j));
        CHECK(same == (weights[j][unit].item<double>() == 0));
      }
    }
  }
}
