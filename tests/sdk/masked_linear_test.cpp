// The fused linear layer under sampled masks against masked weights written out.
#include <ATen/Parallel.h>
#include <modhost/mask.h>
#include <modhost/ops.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>

#include "mask_kernels.h"
#include "sampled_mask.h"

using namespace modhost;

namespace {

struct Sizes {
  int64_t in, out, rows, sets, samples;
};

// Weight and logits of a layer, inputs, and the direction in which outputs are differentiated.
struct Case {
  Tensor weight, logits, x, direction;
  MaskSampling sampling;

  Case(const Sizes& size, double tau, Estimator estimator)
      : sampling{size.samples, tau, estimator, {41, 7, {}}} {
    torch::manual_seed(3);
    const int64_t rows = size.sets * size.samples * size.rows;
    weight = torch::randn({size.out, size.in});
    logits = (4 * torch::randn({size.sets, size.out, size.in})).set_requires_grad(true);
    x = torch::randn({rows, size.in}).set_requires_grad(true);
    direction = torch::randn({rows, size.out});
  }

  WeightView view() const {
    return WeightView(weight, std::make_shared<modhost::detail::SampledMask>(logits, sampling));
  }
};

struct Result {
  Tensor y, gx, glogits;
};

Result differentiated(const Case& c, const Tensor& y) {
  const auto gradients = torch::autograd::grad({y}, {c.x, c.logits}, {c.direction});
  return {y.detach(), gradients[0], gradients[1]};
}

Result fused(const Case& c) {
  return differentiated(c, ops::linear(c.x, c.view(), WeightView(Tensor())));
}

Result written_out(const Case& c) {
  const Tensor w = sample_masked(c.weight, c.logits, c.sampling);
  const Tensor parts = c.x.view({w.size(0), -1, c.x.size(1)}).to(torch::kDouble);
  const Tensor y = torch::bmm(parts, w.to(torch::kDouble).transpose(1, 2));
  return differentiated(c, y.view(c.direction.sizes()).to(torch::kFloat));
}

double relative_error(const Tensor& a, const Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

}  // namespace

TEST_CASE("the fused masked linear layer equals masked weights written out", "[mask][linear]") {
  // Sizes around the edges of blocks (32) and tiles (128, 256, 512), and rows enough for BLAS.
  const Sizes size =
      GENERATE(Sizes{5, 3, 2, 1, 1}, Sizes{32, 128, 3, 1, 4}, Sizes{33, 129, 1, 2, 3},
               Sizes{520, 260, 2, 1, 5}, Sizes{513, 7, 4, 1, 8}, Sizes{20, 30, 420, 2, 3});
  const double tau = GENERATE(1.0, 0.5, 2.0 / 3.0);
  const Estimator estimator = GENERATE(Estimator::gumbel, Estimator::mean);
  const Case c(size, tau, estimator);
  const Result own = fused(c), truth = written_out(c);
  // Sums of at most 520 products in another order, in single precision.
  CHECK(relative_error(own.y, truth.y) < 1e-5);
  CHECK(relative_error(own.gx, truth.gx) < 1e-5);
  CHECK(relative_error(own.glogits, truth.glogits) < 1e-5);
}

TEST_CASE("the fused masked linear layer has the same bits at any number of threads",
          "[mask][linear]") {
  const Case c({600, 300, 8, 1, 4}, 1, Estimator::gumbel);
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const Result one = fused(c);
  at::set_num_threads(3);
  const Result three = fused(c);
  at::set_num_threads(before);
  CHECK(torch::equal(one.y, three.y));
  CHECK(torch::equal(one.gx, three.gx));
  CHECK(torch::equal(one.glogits, three.glogits));
}

TEST_CASE("every instruction set gives the same bits", "[mask]") {
  constexpr int kCount = 77, kSamples = 4;  // two blocks and a rest
  torch::manual_seed(5);
  const Tensor weight = torch::randn({kCount}), logits = 8 * torch::randn({kCount});
  const Tensor given = torch::randn({kSamples, kCount});
  const modhost::detail::MaskStream stream{0x123456789abcdef, 5, 2, 48};
  const double tau = GENERATE(1.0, 0.5, 2.0 / 3.0);

  const auto outcome = [&](const modhost::detail::MaskKernels& kernels) {
    const Tensor masked = torch::zeros({kSamples, kCount}), again = masked.clone();
    const Tensor gradient = torch::ones({kCount}), mean = torch::ones({kCount});
    const float* from[kSamples];
    float *to[kSamples], *also[kSamples];
    for (int j = 0; j < kSamples; ++j) {
      from[j] = given.data_ptr<float>() + j * kCount;
      to[j] = masked.data_ptr<float>() + j * kCount;
      also[j] = again.data_ptr<float>() + j * kCount;
    }
    uint32_t words[kSamples][3];
    uint32_t* bits[kSamples] = {words[0], words[1], words[2], words[3]};
    kernels.sample(stream, weight.data_ptr<float>(), logits.data_ptr<float>(), kCount, kSamples, to,
                   bits);
    const Tensor applied = masked.clone().zero_();
    float* later[kSamples];
    for (int j = 0; j < kSamples; ++j) later[j] = applied.data_ptr<float>() + j * kCount;
    kernels.apply(weight.data_ptr<float>(), bits, kCount, kSamples, later);
    CHECK(torch::equal(masked, applied));
    kernels.accumulate(stream, tau, weight.data_ptr<float>(), logits.data_ptr<float>(), from,
                       kCount, kSamples, true, gradient.data_ptr<float>(), also);
    kernels.accumulate_mean(weight.data_ptr<float>(), logits.data_ptr<float>(), from[0], kCount,
                            true, mean.data_ptr<float>());
    CHECK(torch::equal(masked, again));
    return torch::cat({masked.flatten(), gradient, mean});
  };
  const auto usable = modhost::detail::usable_mask_kernels();
  for (const modhost::detail::MaskKernels* kernels : usable) {
    INFO(kernels->name);
    CHECK(torch::equal(outcome(*kernels), outcome(*usable.front())));
  }
}

TEST_CASE("the mean estimator has the derivative of the mean of a bit", "[mask]") {
  const Tensor weight = torch::tensor({2.0, -3.0}, torch::kDouble);
  const Tensor logits = torch::tensor({{0.5, -1.0}}, torch::kDouble).set_requires_grad(true);
  const MaskSampling sampling{3, 1, Estimator::mean, {1, 2, {}}};
  const Tensor masked = sample_masked(weight, logits, sampling);
  const Tensor own = torch::autograd::grad({masked.sum()}, {logits})[0];
  const Tensor s = torch::sigmoid(logits.detach());
  CHECK(torch::allclose(own, 3 * weight * s * (1 - s), 1e-12, 1e-12));
}

TEST_CASE("a weight that is trained with its mask gets the gradient of the kept entries",
          "[mask]") {
  const Tensor weight = torch::ones({1, 100}, torch::kDouble).set_requires_grad(true);
  const Tensor logits = torch::zeros({1, 1, 100}, torch::kDouble).set_requires_grad(true);
  const MaskSampling sampling{4, 1, Estimator::gumbel, {1, 2, {}}};
  const Tensor masked = sample_masked(weight, logits, sampling);
  masked.sum().backward();
  CHECK(torch::equal(weight.grad(), masked.detach().sum(0)));
  CHECK(logits.grad().defined());
}
