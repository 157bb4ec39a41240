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

TEST_CASE("the order of the channels in memory changes nothing", "[batch_norm]") {
  torch::manual_seed(4);
  const bool images = GENERATE(true, false);
  const bool training = GENERATE(true, false);
  const bool weighted = GENERATE(true, false);
  INFO("images " << images << ", training " << training << ", weighted " << weighted);
  // Rows of two pixels or more in both orders; [n, c] against [n, c, 2] with every entry twice.
  const Tensor x =
      images ? torch::randn({6, 5, 7, 11}, torch::kDouble) : torch::randn({6, 5}, torch::kDouble);
  const Tensor scale = torch::rand({2, 5}, torch::kDouble).set_requires_grad(true);
  const Tensor shift = torch::rand({2, 5}, torch::kDouble).set_requires_grad(true);
  const Tensor weight = weighted ? torch::tensor({3, 1, 2, 1, 1, 4}, torch::kDouble) : Tensor();
  const auto run = [&](const Tensor& input) {
    const Tensor y = training ? ops::batch_norm(input, scale, shift, weight, 2, 1e-5, nullptr)
                              : ops::channel_affine(input, scale, shift);
    return std::make_pair(input, y);
  };
  const auto outer = [&] {
    return images ? x.clone() : x.unsqueeze(2).expand({6, 5, 2}).contiguous();
  };
  const auto [x1, y1] = run(outer().set_requires_grad(true));
  const auto [x2, y2] = run((images ? x.contiguous(torch::MemoryFormat::ChannelsLast) : x.clone())
                                .set_requires_grad(true));
  if (images) CHECK(y2.is_contiguous(torch::MemoryFormat::ChannelsLast));
  const Tensor direction = torch::randn(y2.sizes(), torch::kDouble);
  const Tensor twice =
      images ? direction : (0.5 * direction).unsqueeze(2).expand({6, 5, 2}).contiguous();
  const auto one = torch::autograd::grad({y1}, {x1, scale, shift}, {twice});
  const auto other = torch::autograd::grad({y2}, {x2, scale, shift}, {direction});
  CHECK(max_error(images ? y1 : y1.select(2, 0), y2) < 1e-13);
  CHECK(max_error(images ? one[0] : one[0].sum(2), other[0]) < 1e-13);
  CHECK(max_error(one[1], other[1]) < 1e-12);
  CHECK(max_error(one[2], other[2]) < 1e-12);
}

TEST_CASE("batch norm of pixels equals LibTorch's for many sizes and far from zero",
          "[batch_norm]") {
  torch::manual_seed(5);
  // Widths around those of vectors and of four together; runs of more than 64 pixels and rests.
  for (const int64_t channels : {1, 3, 8, 15, 16, 33, 64, 67, 200}) {
    for (const int64_t rows : {2, 9, 70, 131}) {
      INFO(channels << " channels, " << rows << " rows");
      const Tensor x =
          (torch::randn({rows, channels}, torch::kDouble) + 100).set_requires_grad(true);
      const Tensor scale = torch::rand({1, channels}, torch::kDouble).set_requires_grad(true);
      const Tensor shift = torch::rand({1, channels}, torch::kDouble).set_requires_grad(true);
      const Tensor y = ops::batch_norm(x, scale, shift, {}, 1, 1e-3, nullptr);
      const Tensor centered = x - x.mean(0, true);
      const Tensor expected =
          centered / ((centered * centered).mean(0, true) + 1e-3).sqrt() * scale + shift;
      CHECK(max_error(y, expected) < 1e-10);
      const Tensor g = torch::randn_like(x).detach();
      const auto own = torch::autograd::grad({y}, {x, scale, shift}, {g});
      const auto other = torch::autograd::grad({expected}, {x, scale, shift}, {g});
      for (int i = 0; i < 3; ++i) CHECK(max_error(own[i], other[i]) < 1e-9);
    }
  }
}

TEST_CASE("a frozen affine step has the gradient of its input alone", "[batch_norm]") {
  const auto order = GENERATE(torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast);
  torch::manual_seed(6);
  const Tensor x =
      torch::randn({4, 3, 5, 2}, torch::kDouble).contiguous(order).set_requires_grad(true);
  const Tensor scale = torch::rand({2, 3}, torch::kDouble), g = torch::randn({4, 3, 5, 2});
  const Tensor y = ops::channel_affine(x, scale, torch::rand({3}, torch::kDouble));
  const Tensor expected = g.to(torch::kDouble) * scale.repeat_interleave(2, 0).view({4, 3, 1, 1});
  CHECK(max_error(torch::autograd::grad({y}, {x}, {g.to(torch::kDouble)})[0], expected) < 1e-15);
}

TEST_CASE("batch norm has the same bits at any number of threads", "[batch_norm]") {
  torch::manual_seed(3);
  const auto order = GENERATE(torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast);
  const Tensor x = torch::randn({32, 16, 17, 13}).contiguous(order).set_requires_grad(true);
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
