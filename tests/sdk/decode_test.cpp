// Decoding with a table in place of a network.
#include <modhost/decode.h>
#include <modhost/held_variants.h>
#include <modhost/nn.h>

#include <catch2/catch.hpp>

using namespace modhost;

namespace {

// After token i comes i + 1; the last one, 3, ends; it is also the start and leads to row `row`.
Tensor table(const Tensor& token) {
  const Tensor next = torch::tensor(
      {{0.0, 9.0, 0.0, 0.0}, {0.0, 0.0, 9.0, 0.0}, {0.0, 0.0, 0.0, 9.0}, {9.0, 0.0, 0.0, 0.0}},
      torch::kDouble);
  return next.index_select(0, token);
}

Tensor starts(int64_t rows) { return torch::full({rows}, 3, torch::kLong); }

}  // namespace

TEST_CASE("teacher forcing feeds the end token, then the target without its last", "[decode]") {
  const Tensor target = torch::tensor({{0, 1, 3}, {2, 3, 0}}, torch::kLong);
  CHECK(torch::equal(decode::fed(target, 4), torch::tensor({{3, 0, 1}, {3, 2, 3}}, torch::kLong)));
  CHECK(decode::fed(target.narrow(1, 0, 0), 4).sizes() == torch::IntArrayRef({2, 0}));
}

TEST_CASE("free running goes on after the end token", "[decode]") {
  const Tensor logits = decode::free_running(
      starts(2), 6, 4, [](const Tensor& token, int64_t) { return table(token); });
  const Tensor expected = torch::tensor({0, 1, 2, 3, 0, 1}, torch::kLong);
  CHECK(torch::equal(logits.argmax(-1), expected.expand({2, 6})));
}

TEST_CASE("greedy decoding is silent after a row's end and stops when all have ended", "[decode]") {
  int64_t calls = 0;
  const auto step = [&](const Tensor& token, int64_t place) {
    CHECK(place == calls++);
    Tensor logits = table(token);
    if (place == 0) logits[1] = table(torch::tensor({1}, torch::kLong))[0];  // row 1 begins with 2
    return logits;
  };
  const Tensor logits = decode::greedy(starts(2), 6, 4, step);
  CHECK(calls == 4);
  REQUIRE(logits.sizes() == torch::IntArrayRef({2, 6, 4}));
  CHECK(torch::equal(logits.argmax(-1)[0].narrow(0, 0, 4),
                     torch::tensor({0, 1, 2, 3}, torch::kLong)));
  CHECK(torch::equal(logits.argmax(-1)[1].narrow(0, 0, 2), torch::tensor({2, 3}, torch::kLong)));
  CHECK(logits[0].narrow(0, 4, 2).abs().sum().item<double>() == 0);
  CHECK(logits[1].narrow(0, 2, 4).abs().sum().item<double>() == 0);
  const auto plain = [](const Tensor& token, int64_t) { return table(token); };
  CHECK(decode::greedy(starts(0), 3, 4, plain).sizes() == torch::IntArrayRef({0, 3, 4}));
}

TEST_CASE("held variants are made once, in equal bits, and let gradients through", "[decode]") {
  struct Counting : Variation {
    Tensor scale = torch::tensor({1.0, 2.0}, torch::kDouble).set_requires_grad(true);
    mutable int64_t calls = 0;
    int64_t size() const override { return 2; }
    Tensor apply(const Tensor& weight) const override {
      ++calls;
      return scale.view({2, 1, 1}) * weight;
    }
  };
  nn::LinearLayer layer(3, 2, false);
  const Parameter& weight = layer.parameters()[0];
  weight.initialize(1);
  weight.tensor() = weight.tensor().to(torch::kDouble);
  const auto variation = std::make_shared<Counting>();
  weight.vary(variation);
  const Tensor x = torch::rand({4, 3}, torch::kDouble);
  const Tensor expected = layer.forward(x);
  variation->calls = 0;
  {
    const HeldVariants held({&layer});
    Tensor sum = layer.forward(x);
    CHECK(torch::equal(sum, expected));
    for (int i = 0; i < 3; ++i) sum = sum + layer.forward(x);
    CHECK(variation->calls == 1);
    sum.sum().backward();
  }
  CHECK(weight.get().variation() == variation);
  // 4 equal forwards: d/d scale[e] of the sum is 4 times the output of part e by its scale.
  CHECK(variation->scale.grad()[0].item<double>() ==
        Approx(4 * expected.narrow(0, 0, 2).sum().item<double>()));
  CHECK(variation->scale.grad()[1].item<double>() ==
        Approx(4 * expected.narrow(0, 2, 2).sum().item<double>() / 2));
}
