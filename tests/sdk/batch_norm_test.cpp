#include <modhost/ops.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>

using namespace modhost;

namespace {

double max_error(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace

TEST_CASE("row weights equal repeated rows, in values, statistics and gradients", "[batch_norm]") {
  torch::manual_seed(1);
  const Tensor x = torch::randn({4, 3, 5, 2}, torch::kDouble).set_requires_grad(true);
  const Tensor scale = torch::rand({1, 3}, torch::kDouble).set_requires_grad(true);
  const Tensor shift = torch::rand({1, 3}, torch::kDouble).set_requires_grad(true);
  const Tensor weight = torch::tensor({3, 1, 2, 1}, torch::kDouble);
  const Tensor direction = torch::randn({4, 3, 5, 2}, torch::kDouble);

  ops::BatchStatistics statistics;
  const Tensor y = ops::batch_norm(x, scale, shift, weight, 1, 1e-5, &statistics);
  const Tensor where = torch::tensor({0, 0, 0, 1, 2, 2, 3}, torch::kLong);
  const Tensor spelt = x.index_select(0, where);
  Tensor mean = torch::zeros({3}, torch::kDouble), var = torch::zeros({3}, torch::kDouble);
  // momentum 1: the running statistics become those of the batch
  const Tensor expected_all =
      torch::batch_norm(spelt, scale[0], shift[0], mean, var, true, 1.0, 1e-5, false);
  const Tensor expected = expected_all.index_select(0, torch::tensor({0, 3, 4, 6}, torch::kLong));
  CHECK(max_error(y, expected) < 1e-12);
  CHECK(max_error(statistics.mean[0], mean) < 1e-14);
  CHECK(max_error(statistics.variance[0] * (70.0 / 69.0), var) < 1e-13);

  const auto own = torch::autograd::grad({y}, {x, scale, shift}, {direction});
  const auto other = torch::autograd::grad({expected}, {x, scale, shift}, {direction});
  for (int i = 0; i < 3; ++i) CHECK(max_error(own[i], other[i]) < 1e-11);
}

TEST_CASE("batch norm agrees with finite differences", "[batch_norm]") {
  torch::manual_seed(2);
  const Tensor weight = torch::rand({6}, torch::kDouble) + 0.5;
  const Tensor direction = torch::randn({6, 2, 3}, torch::kDouble);
  const Tensor scale = torch::rand({2, 2}, torch::kDouble),
               shift = torch::rand({2, 2}, torch::kDouble);
  const auto value = [&](const Tensor& x) {
    return (ops::batch_norm(x, scale, shift, weight, 2, 1e-5, nullptr) * direction).sum();
  };
  const Tensor x = torch::randn({6, 2, 3}, torch::kDouble).set_requires_grad(true);
  const Tensor gradient = torch::autograd::grad({value(x)}, {x})[0];
  constexpr double kStep = 1e-6;
  for (int trial = 0; trial < 5; ++trial) {
    const Tensor along = torch::randn({6, 2, 3}, torch::kDouble);
    const double difference =
        (value(x.detach() + kStep * along) - value(x.detach() - kStep * along)).item<double>() /
        (2 * kStep);
    const double exact = (gradient * along).sum().item<double>();
    CHECK(std::abs(difference - exact) < 1e-7 * (1 + std::abs(exact)));
  }
}

TEST_CASE("batch norm has the same bits at any number of threads", "[batch_norm]") {
  torch::manual_seed(3);
  const Tensor x = torch::randn({32, 16, 17, 13}).set_requires_grad(true);
  const Tensor scale = torch::rand({1, 16}), shift = torch::rand({1, 16});
  const int before = torch::get_num_threads();
  std::vector<Tensor> values, gradients;
  for (const int threads : {1, 2, 5}) {
    torch::set_num_threads(threads);
    const Tensor y = ops::batch_norm(x, scale, shift, {}, 1, 1e-5, nullptr);
    values.push_back(y.detach());
    gradients.push_back(torch::autograd::grad({y}, {x}, {y.detach() * y.detach()})[0]);
  }
  torch::set_num_threads(before);
  for (int i = 1; i < 3; ++i) {
    CHECK(torch::equal(values[0], values[i]));
    CHECK(torch::equal(gradients[0], gradients[i]));
  }
}
