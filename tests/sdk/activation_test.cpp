// Activation functions by name, by hand.
#include <modhost/activation.h>
#include <modhost/error.h>

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost;

TEST_CASE("activations are the functions of their names", "[activation]") {
  const Tensor x = torch::tensor({-2.0, -0.5, 0.0, 0.5, 2.0}, torch::kDouble);
  const auto at = [&](const std::string& name, int64_t i) {
    return activate(name, x)[i].item<double>();
  };
  CHECK(torch::equal(activate("none", x), x));
  CHECK(torch::equal(activate("relu", x), x.clamp_min(0)));
  CHECK(at("tanh", 4) == Approx(std::tanh(2.0)));
  CHECK(at("sigmoid", 0) == Approx(1 / (1 + std::exp(2.0))));
  CHECK(at("gelu", 3) == Approx(0.5 * 0.5 * (1 + std::erf(0.5 / std::sqrt(2.0)))));
  CHECK(at("silu", 1) == Approx(-0.5 / (1 + std::exp(0.5))));
  CHECK(activation_gain("relu") == Approx(std::sqrt(2.0)));
  CHECK(activation_gain("tanh") == Approx(5.0 / 3));
}

TEST_CASE("step is binary and lets gradients through near zero", "[activation]") {
  const Tensor x =
      torch::tensor({-2.0, -0.5, 0.0, 0.5, 2.0}, torch::kDouble).set_requires_grad(true);
  const Tensor y = activate("step", x);
  CHECK(torch::equal(y, torch::tensor({0.0, 0.0, 0.0, 1.0, 1.0}, torch::kDouble)));
  y.sum().backward();
  CHECK(torch::equal(x.grad(), torch::tensor({0.0, 1.0, 1.0, 1.0, 0.0}, torch::kDouble)));
}

TEST_CASE("an unknown activation is refused with the nearest", "[activation]") {
  try {
    activate("sigmiod", torch::zeros({1}));
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.full() ==
          "unknown activation 'sigmiod'; there are none, relu, tanh, sigmoid, gelu, silu, step; "
          "did you mean 'sigmoid'?");
  }
}
