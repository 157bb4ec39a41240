// Inputs from free numbers, against numpy.
#include "input_basis.h"

#include <modhost/npz.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "nets.h"

using namespace modhost_featurevis;
using namespace modhost_featurevis::test;

TEST_CASE("images of Fourier coefficients are those of numpy", "[input_basis]") {
  const auto truth = read_npz(std::string(MODHOST_TEST_DATA) + "/featurevis/fourier.npz");
  for (const std::string name : {"even", "odd", "two"}) {
    const Tensor expected = array(truth, name + "_input"), parts = array(truth, name + "_parts");
    const InputBasis basis(of_images(expected.sizes().vec(), 2),
                           {array(truth, name + "_low"), array(truth, name + "_high")});
    CHECK(basis.shape() == parts.sizes().vec());
    const Tensor two = torch::stack({parts, parts.neg()});
    CHECK(largest(basis.inputs(two)[0], expected) < 1e-13);
    CHECK(largest(basis.inputs(two)[1], expected) > 0.1);
  }
}

TEST_CASE("features are squashed into their range", "[input_basis]") {
  const InputBasis basis(of_features(3, 2), {torch::tensor({0.0, -1.0, 5.0}, torch::kDouble),
                                             torch::tensor({1.0, 3.0, 5.0}, torch::kDouble)});
  const Tensor free =
      torch::tensor({{0.0, std::log(3.0), -7.0}, {50.0, -50.0, 1.0}}, torch::kDouble);
  const Tensor expected = torch::tensor({{0.5, 2.0, 5.0}, {1.0, -1.0, 5.0}}, torch::kDouble);
  CHECK(largest(basis.inputs(free), expected) < 1e-14);
}

TEST_CASE("squashing has the same bits at any place", "[input_basis]") {
  const Tensor x = normals({67}, 1).to(torch::kFloat);
  const Tensor all = squashed(x);
  CHECK(largest(all, torch::sigmoid(x)) < 1e-6);
  for (int64_t from = 0; from < 67; ++from) {
    for (int64_t count = 1; count <= 67 - from; count += 5) {
      REQUIRE(torch::equal(squashed(x.narrow(0, from, count)), all.narrow(0, from, count)));
    }
  }
}

TEST_CASE("squashing has the gradient of finite differences", "[input_basis]") {
  const Tensor x = normals({9}, 2).requires_grad_(true), weight = normals({9}, 3);
  (squashed(x) * weight).sum().backward();
  const torch::NoGradGuard no_grad;
  const double step = 1e-6;
  for (int64_t i = 0; i < 9; ++i) {
    Tensor up = x.detach().clone(), down = x.detach().clone();
    up[i] += step;
    down[i] -= step;
    const double slope = ((squashed(up) - squashed(down)) * weight).sum().item<double>();
    CHECK(x.grad()[i].item<double>() == Approx(slope / (2 * step)).epsilon(1e-6));
  }
}

TEST_CASE("beginnings are small normal numbers of their seed", "[input_basis]") {
  const InputBasis basis = basis_of(of_images({3, 32, 32}, 2));
  const Tensor one = basis.drawn(1);
  CHECK(one.sizes().vec() == basis.shape());
  CHECK(torch::equal(one, basis.drawn(1)));
  CHECK(!torch::equal(one, basis.drawn(2)));
  // 3264 numbers: the deviation is known to 1 / sqrt(2 * 3264) = 1.2 %.
  CHECK(one.std().item<double>() == Approx(0.01).epsilon(0.05));
}
