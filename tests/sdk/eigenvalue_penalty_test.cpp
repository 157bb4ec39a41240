// The penalty on eigenvalues against reference gradients (made by torch's autograd through LAPACK)
// and finite differences.
#include "modhost/eigenvalue_penalty.h"

#include <modhost/npz.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

using namespace modhost;

namespace {

const std::string kCases = std::string(MODHOST_TEST_DATA) + "/clusterability/";

template <typename T>
Tensor tensor_of(const NpyArray& array, torch::ScalarType type) {
  std::vector<T> values = array.values<T>();
  return torch::from_blob(values.data(), array.shape, type).to(torch::kDouble).clone();
}

// Layers of so many units, each joined to the next.
UnitGraph layered(const std::vector<Tensor>& edges) {
  UnitGraph graph;
  graph.groups.push_back({"0", edges.front().size(1)});
  for (size_t i = 0; i < edges.size(); ++i) {
    graph.groups.push_back({std::to_string(i + 1), edges[i].size(0)});
    graph.blocks.push_back({static_cast<int64_t>(i), static_cast<int64_t>(i) + 1, edges[i]});
  }
  return graph;
}

Tensor random_leaf(std::vector<int64_t> shape, uint64_t seed) {
  torch::manual_seed(seed);
  return (torch::rand(shape, torch::kDouble) + 0.05).set_requires_grad(true);
}

// Of a function of the leaf, entry by entry; entries that are 0 are left out.
Tensor by_differences(const Tensor& leaf, const std::function<double()>& f) {
  constexpr double kStep = 1e-5;
  const torch::NoGradGuard no_grad;
  const Tensor out = torch::zeros_like(leaf), flat = leaf.view(-1);
  for (int64_t i = 0; i < flat.numel(); ++i) {
    const double value = flat[i].item<double>();
    if (value == 0) continue;
    flat[i].fill_(value + kStep);
    const double above = f();
    flat[i].fill_(value - kStep);
    out.view(-1)[i] = (above - f()) / (2 * kStep);
    flat[i].fill_(value);
  }
  return out;
}

double gap(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

void check_case(const std::string& name, size_t layers, double sum) {
  const NpzArrays arrays = read_npz(kCases + name + ".npz");
  std::vector<Tensor> leaves, edges;
  for (size_t i = 0; i < layers; ++i) {
    leaves.push_back(tensor_of<float>(arrays.at("W" + std::to_string(i)), torch::kFloat)
                         .set_requires_grad(true));
    const Tensor taps = leaves.back().abs();
    edges.push_back(taps.dim() == 2 ? taps : taps.sum({2, 3}));
  }
  const Tensor found = 3 * eigenvalue_penalty(layered(edges), 3);
  CHECK(found.item<double>() == Approx(sum).epsilon(1e-12));
  const auto gradients = torch::autograd::grad({found}, leaves);
  for (size_t i = 0; i < layers; ++i) {
    const NpyArray& expected = arrays.at("grad" + std::to_string(i));
    CHECK(gap(gradients[i], tensor_of<double>(expected, torch::kDouble)) < 1e-10);
  }
}

}  // namespace

TEST_CASE("the penalty's gradient is that of the reference cases", "[eigenvalues]") {
  check_case("grad_mlp", 3, 1.9345364333335135);
  check_case("grad_cnn", 2, 2.7015268398402354);
}

TEST_CASE("the penalty's gradient is that of finite differences in any graph", "[eigenvalues]") {
  // two layers, a connection past the second, and edges within it
  const Tensor a = random_leaf({6, 5}, 1), b = random_leaf({4, 6}, 2),
               past = random_leaf({4, 5}, 3), within = random_leaf({6, 6}, 4);
  const int64_t count = GENERATE(1, 2, 4);
  const auto penalty = [&] {
    UnitGraph graph = layered({a, b});
    graph.blocks.push_back({0, 2, past});
    graph.blocks.push_back({1, 1, within});
    return eigenvalue_penalty(graph, count);
  };
  for (const Tensor& leaf : {a, b, past, within}) {
    const Tensor found = torch::autograd::grad({penalty()}, {leaf})[0];
    const Tensor expected = by_differences(leaf, [&] { return penalty().item<double>(); });
    CHECK(gap(found, expected) < 1e-8);
    CHECK(found.abs().max().item<double>() > 1e-4);
  }
}

TEST_CASE("parts that lack an end of the network have neither value nor gradient",
          "[eigenvalues]") {
  Tensor a = random_leaf({6, 5}, 5), b = random_leaf({4, 6}, 6);
  const double alone = eigenvalue_penalty(layered({a, b}), 2).item<double>();
  // a unit more in the second layer, joined to one more in the first, and one without edges
  Tensor wider = torch::zeros({8, 6}, torch::kDouble), on = torch::zeros({4, 8}, torch::kDouble);
  {
    const torch::NoGradGuard no_grad;
    wider.narrow(0, 0, 6).narrow(1, 0, 5).copy_(a);
    wider[6][5] = 2;
    on.narrow(1, 0, 6).copy_(b);
  }
  wider.set_requires_grad(true);
  on.set_requires_grad(true);
  const Tensor found = eigenvalue_penalty(layered({wider, on}), 2);
  CHECK(found.item<double>() == Approx(alone).epsilon(1e-12));
  const auto own = torch::autograd::grad({eigenvalue_penalty(layered({a, b}), 2)}, {a, b});
  const auto both = torch::autograd::grad({found}, {wider, on});
  CHECK(gap(both[0].narrow(0, 0, 6).narrow(1, 0, 5), own[0]) < 1e-12);
  CHECK(gap(both[1].narrow(1, 0, 6), own[1]) < 1e-12);
  CHECK(both[0].narrow(0, 6, 2).abs().max().item<double>() == 0);
  CHECK(both[0].narrow(1, 5, 1).abs().max().item<double>() == 0);
  CHECK(both[1].narrow(1, 6, 2).abs().max().item<double>() == 0);
}

TEST_CASE("a network in two parts has nothing left to minimise", "[eigenvalues]") {
  Tensor a = torch::zeros({6, 4}, torch::kDouble), b = torch::zeros({4, 6}, torch::kDouble);
  torch::manual_seed(8);
  for (const int64_t part : {0, 1}) {
    a.narrow(0, 3 * part, 3).narrow(1, 2 * part, 2).copy_(torch::rand({3, 2}, torch::kDouble));
    b.narrow(0, 2 * part, 2).narrow(1, 3 * part, 3).copy_(torch::rand({2, 3}, torch::kDouble));
  }
  a.set_requires_grad(true);
  b.set_requires_grad(true);
  const Tensor first = eigenvalue_penalty(layered({a, b}), 1);
  CHECK(std::abs(first.item<double>()) < 1e-12);
  CHECK(torch::autograd::grad({first}, {a})[0].mul(a != 0).abs().max().item<double>() < 1e-12);
  // The next eigenvalue is one of a part alone.
  const auto penalty = [&] { return eigenvalue_penalty(layered({a, b}), 2); };
  const Tensor found = torch::autograd::grad({penalty()}, {b})[0].mul(b != 0);
  const Tensor expected = by_differences(b, [&] { return penalty().item<double>(); });
  CHECK(gap(found, expected) < 1e-8);
}

TEST_CASE("a graph without anything in it has no penalty", "[eigenvalues]") {
  const Tensor none = torch::zeros({3, 2}, torch::kDouble).set_requires_grad(true);
  const Tensor found = eigenvalue_penalty(layered({none}), 3);
  CHECK(found.item<double>() == 0);
  CHECK(torch::autograd::grad({found}, {none})[0].abs().max().item<double>() == 0);
  // fewer units than eigenvalues: those that there are, over as many as are asked for
  const Tensor small = torch::ones({1, 2}, torch::kDouble).set_requires_grad(true);
  const double value = eigenvalue_penalty(layered({small}), 3).item<double>();
  CHECK(value == Approx((1 + 2) / 3.0));  // a star of two edges: 0, 1, 2
}

TEST_CASE("weights in single precision are computed with in double", "[eigenvalues]") {
  const Tensor a = random_leaf({6, 5}, 9).detach().to(torch::kFloat).set_requires_grad(true);
  const Tensor b = a.detach().to(torch::kDouble).set_requires_grad(true);
  const Tensor of_float = torch::autograd::grad({eigenvalue_penalty(layered({a}), 2)}, {a})[0];
  const Tensor of_double = torch::autograd::grad({eigenvalue_penalty(layered({b}), 2)}, {b})[0];
  CHECK(of_float.scalar_type() == torch::kFloat);
  CHECK(gap(of_float.to(torch::kDouble), of_double) < 1e-8);
}
