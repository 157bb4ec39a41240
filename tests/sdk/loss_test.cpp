#include <modhost/error.h>
#include <modhost/loss.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost;

namespace {

const Signature kDigits{Input::features, {3}, Output::digits, {3, 4}};
const Signature kTokens{Input::tokens, {5}, Output::tokens, {5, 4}, 7};

// Cross entropy of one place from its definition.
double cross_entropy(const Tensor& logits, int64_t target) {
  double sum = 0;
  for (int64_t i = 0; i < logits.size(0); ++i) sum += std::exp(logits[i].item<double>());
  return std::log(sum) - logits[target].item<double>();
}

Tensor random_logits(std::vector<int64_t> shape) {
  torch::manual_seed(4);
  return torch::randn(shape, torch::kDouble);
}

Batch batch_of(const Tensor& target) {
  Batch batch;
  batch.input = torch::zeros({target.size(0), 3});
  batch.target = target;
  return batch;
}

}  // namespace

TEST_CASE("the loss of digits is the mean cross entropy of the places that count", "[loss]") {
  const Tensor logits = random_logits({3, 3, 4});
  const Batch batch = batch_of(torch::tensor({{1, 0, 3}, {-1, 2, 2}, {-1, -1, -1}}, torch::kLong));
  const Tensor loss = loss_per_sample(kDigits, logits, batch);
  const auto place = [&](int64_t row, int64_t at) {
    return cross_entropy(logits[row][at], batch.target[row][at].item<int64_t>());
  };
  REQUIRE(loss.sizes() == torch::IntArrayRef({3}));
  CHECK(loss[0].item<double>() == Approx((place(0, 0) + place(0, 1) + place(0, 2)) / 3));
  CHECK(loss[1].item<double>() == Approx((place(1, 1) + place(1, 2)) / 2));
  CHECK(loss[2].item<double>() == 0);
}

TEST_CASE("a place that does not count has no gradient", "[loss]") {
  const Tensor logits = random_logits({2, 3, 4}).set_requires_grad(true);
  const Batch batch = batch_of(torch::tensor({{1, -1, 3}, {0, 2, 2}}, torch::kLong));
  loss_per_sample(kDigits, logits, batch).sum().backward();
  CHECK(logits.grad()[0][1].abs().max().item<double>() == 0);
  const Tensor expected =
      (torch::softmax(logits.detach()[0][0], 0) - torch::tensor({0., 1., 0., 0.}, torch::kDouble)) /
      2;  // two places of sample 0 count
  CHECK(torch::allclose(logits.grad()[0][0], expected, 1e-12, 1e-14));
}

TEST_CASE("an answer is right when every place that counts is", "[loss]") {
  Tensor logits = torch::zeros({4, 3, 4});
  logits.select(2, 1).fill_(1);  // the answer is 1 1 1
  const Tensor target =
      torch::tensor({{1, 1, 1}, {1, 1, 0}, {1, -1, 1}, {-1, -1, 0}}, torch::kLong);
  const Tensor right = correct(kDigits, logits, batch_of(target));
  CHECK(torch::equal(right, torch::tensor({1.F, 0.F, 1.F, 0.F})));
}

TEST_CASE("samples of the class -1 do not count", "[loss]") {
  const Signature classes{Input::features, {3}, Output::classes, {4}};
  const Tensor logits = random_logits({2, 4});
  const Batch batch = batch_of(torch::tensor({2, -1}, torch::kLong));
  const Tensor loss = loss_per_sample(classes, logits, batch);
  CHECK(loss[0].item<double>() == Approx(cross_entropy(logits[0], 2)));
  CHECK(loss[1].item<double>() == 0);
  CHECK(correct(classes, logits, batch)[1].item<float>() == 1);
}

TEST_CASE("the loss of tokens is the sum up to the end token", "[loss]") {
  const Tensor logits = random_logits({2, 5, 4});
  Batch batch = batch_of(torch::tensor({{1, 0, 3, 0, 0}, {2, 2, 1, 0, 3}}, torch::kLong));
  batch.target_length = torch::tensor({3, 5}, torch::kLong);
  const Tensor loss = loss_per_sample(kTokens, logits, batch);
  double expected = 0;
  for (const auto& [at, token] : {std::pair{0, 1}, {1, 0}, {2, 3}}) {
    expected += cross_entropy(logits[0][at], token);
  }
  CHECK(loss[0].item<double>() == Approx(expected));

  Tensor answer = torch::zeros({2, 5, 4});
  for (const auto& [row, at, token] :
       {std::tuple{0, 0, 1}, {0, 1, 0}, {0, 2, 3}, {0, 3, 2}, {1, 0, 2}, {1, 1, 2}, {1, 2, 1}}) {
    answer[row][at][token] = 1;  // row 0 is wrong only in the padding, row 1 in its end token
  }
  CHECK(torch::equal(correct(kTokens, answer, batch), torch::tensor({1.F, 0.F})));
}

TEST_CASE("bits have binary cross entropy and the share of right ones", "[loss]") {
  const Signature bits{Input::features, {3}, Output::bits, {2}};
  const Batch batch = batch_of(torch::tensor({{1., 0.}, {0., 0.}}, torch::kDouble));
  const Tensor output = torch::tensor({{2., 1.}, {-3., -800.}}, torch::kDouble);
  const Tensor loss = loss_per_sample(bits, output, batch);
  CHECK(loss[0].item<double>() ==
        Approx((std::log1p(std::exp(-2.)) + std::log1p(std::exp(1.))) / 2));
  CHECK(loss[1].item<double>() == Approx(std::log1p(std::exp(-3.)) / 2));
  CHECK(has_accuracy(bits));
  CHECK(torch::equal(correct(bits, output, batch), torch::tensor({0.5F, 1.F})));
  // As torch computes it.
  const Tensor expected =
      torch::binary_cross_entropy_with_logits(output, batch.target, {}, {}, torch::Reduction::None);
  CHECK(torch::allclose(loss, expected.mean(1)));
}

TEST_CASE("real values have half the mean squared error and no accuracy", "[loss]") {
  const Signature values{Input::features, {3}, Output::values, {2}};
  Batch batch = batch_of(torch::tensor({{1., 3.}}, torch::kDouble));
  const Tensor output = torch::tensor({{2., 0.}}, torch::kDouble);
  CHECK(loss_per_sample(values, output, batch)[0].item<double>() == (0.5 * 1 + 0.5 * 9) / 2);
  CHECK_FALSE(has_accuracy(values));
  CHECK_THROWS_AS(correct(values, output, batch), Error);
}
