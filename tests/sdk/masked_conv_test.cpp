// The convolution under sampled masks against masked weights written out.
#include "masked_conv.h"

#include <modhost/mask.h>
#include <modhost/ops.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <optional>

#include "sampled_mask.h"

using namespace modhost;

namespace {

struct Case {
  int64_t rows, sets, samples;
  int64_t in, out, height, width, kernel;
  ops::Conv2dGeometry geometry;
};

struct Data {
  Tensor x, weight, logits, bias;
  MaskSampling sampling;

  // `bias_dim`: 0 for none, 1 for one that all parts share, 2 for each its own.
  Data(const Case& c, Estimator estimator, int bias_dim)
      : sampling{c.samples, 2.0 / 3.0, estimator, {5, 9, {}}} {
    torch::manual_seed(11);
    const int64_t parts = c.sets * c.samples;
    x = torch::randn({parts * c.rows, c.in, c.height, c.width});
    weight = torch::randn({c.out, c.in / c.geometry.groups, c.kernel, c.kernel});
    logits = (3 * torch::randn({c.sets, c.out, c.in / c.geometry.groups, c.kernel, c.kernel}))
                 .set_requires_grad(true);
    if (bias_dim == 1) bias = torch::randn({c.out}).set_requires_grad(true);
    if (bias_dim == 2) bias = torch::randn({parts, c.out}).set_requires_grad(true);
  }
  void in_order(torch::MemoryFormat order) {
    x = x.contiguous(order).detach().set_requires_grad(true);
  }
  std::vector<Tensor> wanted() const {
    return bias.defined() ? std::vector<Tensor>{x, logits, bias} : std::vector<Tensor>{x, logits};
  }
};

std::vector<int64_t> both(const ops::Sides& sides) { return {sides.height, sides.width}; }

// In double precision, one masked weight after the other.
Tensor written_out(const Data& d, const ops::Conv2dGeometry& how) {
  const Tensor masked = sample_masked(d.weight, d.logits, d.sampling).to(torch::kDouble);
  const std::vector<Tensor> parts = d.x.to(torch::kDouble).chunk(masked.size(0), 0);
  std::vector<Tensor> out;
  for (size_t e = 0; e < parts.size(); ++e) {
    const auto index = static_cast<int64_t>(e);
    const Tensor bias = !d.bias.defined()
                            ? Tensor()
                            : (d.bias.dim() == 2 ? d.bias[index] : d.bias).to(torch::kDouble);
    out.push_back(torch::conv2d(parts[e], masked[index], bias, both(how.stride), both(how.padding),
                                both(how.dilation), how.groups));
  }
  return torch::cat(out, 0).to(torch::kFloat);
}

double error(const Tensor& a, const Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

}  // namespace

TEST_CASE("the convolution under sampled masks equals masked weights written out", "[mask][conv]") {
  const Case c = GENERATE(Case{2, 1, 4, 3, 5, 7, 6, 3, {1, 1, 1, 1}},
                          Case{1, 2, 5, 4, 6, 6, 5, 3, {{2, 1}, {2, 0}, {2, 1}, 2}},
                          Case{3, 1, 1, 16, 8, 4, 4, 1, {1, 0, 1, 1}},
                          Case{1, 3, 2, 6, 6, 5, 5, 3, {1, 1, 1, 6}});
  const Estimator estimator = GENERATE(Estimator::gumbel, Estimator::mean);
  const int bias_dim = GENERATE(0, 1, 2);
  const auto order = GENERATE(torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast);
  Data d(c, estimator, bias_dim);
  d.in_order(order);
  const Tensor y =
      modhost::detail::masked_conv2d(d.x, d.weight, d.logits, d.sampling, d.bias, c.geometry);
  const Tensor truth = written_out(d, c.geometry);
  const Tensor direction = torch::randn_like(truth);
  CHECK(error(y, truth) < 1e-5);
  const auto own = torch::autograd::grad({y}, d.wanted(), {direction});
  const auto expected = torch::autograd::grad({truth}, d.wanted(), {direction});
  for (size_t i = 0; i < own.size(); ++i) {
    INFO(i);
    CHECK(error(own[i], expected[i]) < 1e-5);
  }
}

TEST_CASE("pooling each part at once equals pooling all of them later", "[mask][conv][pool]") {
  // With 67 rows of a set, the estimator mean meets parts of parts.
  const Case c = GENERATE(Case{2, 1, 4, 3, 5, 7, 6, 3, {1, 1, 1, 1}},
                          Case{1, 2, 5, 4, 6, 9, 8, 3, {{2, 1}, {2, 0}, {2, 1}, 2}},
                          Case{67, 1, 1, 16, 32, 8, 8, 3, {1, 1, 1, 1}},
                          Case{24, 2, 4, 3, 16, 6, 6, 3, {1, 1, 1, 1}});
  const ops::Pool2dGeometry pooling =
      GENERATE(ops::Pool2dGeometry{2, 2, 0}, ops::Pool2dGeometry{3, 2, 1},
               ops::Pool2dGeometry{{2, 1}, {3, 1}, 0});
  const Estimator estimator = GENERATE(Estimator::gumbel, Estimator::mean);
  const int bias_dim = GENERATE(0, 1, 2);
  const auto order = GENERATE(torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast);
  Data d(c, estimator, bias_dim);
  d.in_order(order);
  const bool first_layer = GENERATE(false, true);
  if (first_layer) d.x.set_requires_grad(false);
  std::vector<Tensor> wanted = d.wanted();
  if (first_layer) wanted.erase(wanted.begin());
  const auto convolved = [&](const std::optional<ops::Pool2dGeometry>& at_once) {
    return modhost::detail::masked_conv2d(d.x, d.weight, d.logits, d.sampling, d.bias, c.geometry,
                                          at_once);
  };
  const Tensor y = convolved(pooling), expected = ops::max_pool2d(convolved({}), pooling);
  CHECK(y.suggest_memory_format() == expected.suggest_memory_format());
  CHECK(torch::equal(y, expected));
  const Tensor direction = torch::randn_like(y);
  const auto own = torch::autograd::grad({y}, wanted, {direction});
  const auto separate = torch::autograd::grad({expected}, wanted, {direction});
  for (size_t i = 0; i < own.size(); ++i) {
    INFO(i);
    const bool bias = bias_dim > 0 && i + 1 == own.size();
    if (bias) {
      // Sums of at most `terms` normal numbers in single precision, in two orders.
      const double terms = static_cast<double>(y.numel() / y.size(1));
      CHECK(error(own[i], separate[i]) < terms * 1.2e-7);
    } else {
      CHECK(torch::equal(own[i], separate[i]));
    }
  }
}

TEST_CASE("conv1d under sampled masks draws what it draws written out", "[mask][conv]") {
  torch::manual_seed(2);
  const Tensor weight = torch::randn({4, 3, 5}), x = torch::randn({6, 3, 9});
  const Tensor logits = torch::randn({1, 4, 3, 5}).set_requires_grad(true);
  const MaskSampling sampling{3, 1, Estimator::gumbel, {1, 2, {}}};
  const WeightView view(weight, std::make_shared<modhost::detail::SampledMask>(logits, sampling));
  const Tensor y = ops::conv1d(x, view, WeightView(Tensor()), {2, 1, 1, 1});
  const Tensor masked = sample_masked(weight, logits, sampling);
  std::vector<Tensor> parts;
  for (int64_t e = 0; e < 3; ++e) {
    parts.push_back(torch::conv1d(x.narrow(0, 2 * e, 2), masked[e], {}, 2, 1));
  }
  const Tensor truth = torch::cat(parts, 0);
  CHECK(error(y, truth) < 1e-5);
  const auto own = torch::autograd::grad({y.square().sum()}, {logits});
  const auto expected = torch::autograd::grad({truth.square().sum()}, {logits});
  CHECK(error(own[0], expected[0]) < 1e-5);
}

TEST_CASE("a convolution under masks refuses a batch that does not divide", "[mask][conv]") {
  const Tensor weight = torch::randn({4, 3, 3, 3});
  const MaskSampling sampling{4, 1, Estimator::gumbel, {1, 2, {}}};
  const WeightView view(weight, std::make_shared<modhost::detail::SampledMask>(
                                    torch::zeros({1, 4, 3, 3, 3}), sampling));
  CHECK_THROWS_WITH(ops::conv2d(torch::randn({6, 3, 5, 5}), view, WeightView(Tensor()), {}),
                    Catch::Contains("a batch of 6 rows does not divide into 4 equal parts"));
}
