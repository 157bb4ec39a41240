// Convolutions against loops in double, in both memory orders, for one weight and for one a part.
#include <modhost/nn.h>

#include <catch2/catch.hpp>

#include "conv_parts.h"
#include "layer_cases.h"

using namespace modhost;

namespace {

constexpr auto kChannelsLast = torch::MemoryFormat::ChannelsLast;

struct ConvCase {
  int64_t rows, in, out, height, width;
  ops::Sides kernel = 3;
  ops::Conv2dGeometry geometry{};
};

// Odd sizes, one row, one channel, kernels of one tap, strides, dilation, groups, no padding.
std::vector<ConvCase> conv_cases() {
  return {{2, 3, 5, 7, 6, 3, {1, 1, 1, 1}},
          {1, 4, 6, 5, 9, {3, 2}, {{2, 1}, {2, 0}, {2, 1}, 2}},
          {1, 1, 1, 5, 5, 3, {2, 1, 1, 1}},
          {3, 1, 16, 9, 8, 3, {2, 1, 1, 1}},
          {2, 16, 16, 6, 7, 3, {{1, 2}, 1, 1, 16}},
          {2, 5, 17, 4, 3, 1, {1, 0, 1, 1}},
          {1, 33, 2, 1, 1, 1, {1, 0, 1, 1}},
          {3, 6, 4, 11, 5, 3, {1, {3, 2}, {3, 2}, 2}}};
}

// The cross-correlation by its definition. x: [n, in, h, w]; w: [out, in/groups, kh, kw].
Tensor by_loops(const Tensor& x, const Tensor& w, const ops::Conv2dGeometry& how,
                c10::IntArrayRef out_shape) {
  const Tensor y = torch::zeros(out_shape, torch::kDouble);
  const auto in = x.accessor<double, 4>(), taps = w.accessor<double, 4>();
  auto sums = y.accessor<double, 4>();
  const int64_t fed = y.size(1) / how.groups, read = w.size(1);
  for (int64_t n = 0; n < y.size(0); ++n)
    for (int64_t o = 0; o < y.size(1); ++o)
      for (int64_t row = 0; row < y.size(2); ++row)
        for (int64_t column = 0; column < y.size(3); ++column)
          for (int64_t i = 0; i < read; ++i)
            for (int64_t a = 0; a < w.size(2); ++a)
              for (int64_t b = 0; b < w.size(3); ++b) {
                const int64_t r = row * how.stride.height - how.padding.height;
                const int64_t c = column * how.stride.width - how.padding.width;
                const int64_t at_r = r + a * how.dilation.height, at_c = c + b * how.dilation.width;
                if (at_r < 0 || at_r >= x.size(2) || at_c < 0 || at_c >= x.size(3)) continue;
                sums[n][o][row][column] += taps[o][i][a][b] * in[n][o / fed * read + i][at_r][at_c];
              }
  return y;
}

// The same with weights [E, ...] for equal parts of the rows.
Tensor parts_by_loops(const Tensor& x, const Tensor& w, const ops::Conv2dGeometry& how,
                      c10::IntArrayRef out_shape) {
  const int64_t parts = w.size(0);
  std::vector<int64_t> shape = out_shape.vec();
  shape[0] /= parts;
  std::vector<Tensor> out;
  const std::vector<Tensor> rows = x.split(x.size(0) / parts, 0);
  for (int64_t part = 0; part < parts; ++part) {
    out.push_back(by_loops(rows[static_cast<size_t>(part)], w[part], how, shape));
  }
  return torch::cat(out, 0);
}

double product(const Tensor& a, const Tensor& b) { return (a * b).sum().item<double>(); }

// y(x, w) is linear in each: the gradients of <g, y> are what <g, y(v, w)> and <g, y(x, u)> say in
// any direction v, u.
void check_gradients(const ConvCase& one, const Tensor& y, const Tensor& x, const Tensor& w,
                     const Tensor& b, double tolerance) {
  const Tensor g = random_tensor(y.sizes().vec(), 11);
  const auto gradients = torch::autograd::grad({y}, {x, w, b}, {g.to(y.scalar_type())});
  const Tensor plain_x = x.detach().to(torch::kDouble), plain_w = w.detach().to(torch::kDouble);
  for (uint64_t seed = 20; seed < 23; ++seed) {
    const Tensor v = random_tensor(x.sizes().vec(), seed), u = random_tensor(w.sizes().vec(), seed);
    const double by_x = product(g, parts_by_loops(v, plain_w, one.geometry, y.sizes()));
    const double by_w = product(g, parts_by_loops(plain_x, u, one.geometry, y.sizes()));
    CHECK(product(gradients[0].to(torch::kDouble), v) == Approx(by_x).margin(tolerance));
    CHECK(product(gradients[1].to(torch::kDouble), u) == Approx(by_w).margin(tolerance));
  }
  const Tensor sums = g.view({w.size(0), -1, y.size(1), y.size(2) * y.size(3)}).sum({1, 3});
  const Tensor expected = b.dim() == 2 ? sums : sums.sum(0);
  CHECK(max_error(gradients[2].to(torch::kDouble), expected) < tolerance);
}

Tensor leaf(const Tensor& x, torch::ScalarType type, torch::MemoryFormat order) {
  return x.to(type).contiguous(order).detach().set_requires_grad(true);
}

}  // namespace

TEST_CASE("convolutions of parts agree with loops, by either path and in either order", "[conv]") {
  constexpr int64_t kParts = 3;
  const auto type = GENERATE(torch::kDouble, torch::kFloat);
  const auto order = GENERATE(torch::MemoryFormat::Contiguous, kChannelsLast);
  const bool each = GENERATE(true, false), own_bias = GENERATE(true, false);
  // Up to 33 * 9 products of normal numbers a sum, added up over up to 400 outputs.
  const double tolerance = type == torch::kDouble ? 1e-11 : 5e-3;
  for (const ConvCase& one : conv_cases()) {
    const auto& how = one.geometry;
    const Tensor x =
        leaf(random_tensor({kParts * one.rows, one.in, one.height, one.width}, 1), type, order);
    const Tensor w =
        random_tensor({kParts, one.out, one.in / how.groups, one.kernel.height, one.kernel.width},
                      2)
            .to(type)
            .set_requires_grad(true);
    const Tensor b =
        random_tensor(
            own_bias ? std::vector<int64_t>{kParts, one.out} : std::vector<int64_t>{one.out}, 3)
            .to(type)
            .set_requires_grad(true);
    INFO(shape_text(x) << ", " << shape_text(w) << ", each " << each << ", " << type);
    const Tensor y =
        each ? ops::convolve_each_part(x, w, b, how)
             : ops::conv2d(x, WeightView(w[0], given_variants(w)),
                           own_bias ? WeightView(b[0], given_variants(b)) : WeightView(b), how);
    Tensor expected = parts_by_loops(x.detach().to(torch::kDouble), w.detach().to(torch::kDouble),
                                     how, y.sizes());
    expected = expected.view({kParts, one.rows, one.out, y.size(2), y.size(3)}) +
               b.detach().to(torch::kDouble).view({own_bias ? kParts : 1, 1, one.out, 1, 1});
    CHECK(max_error(y.to(torch::kDouble), expected.view(y.sizes())) < tolerance);
    if (type == torch::kFloat && one.in > 1) CHECK(y.is_contiguous(order));
    check_gradients(one, y, x, w, b, tolerance);
  }
}

TEST_CASE("the layer conv2d agrees with loops and gives the same bits for both orders", "[conv]") {
  for (const ConvCase& one : conv_cases()) {
    nn::Conv2dLayer layer(one.in, one.out, one.kernel, one.geometry);
    for (Parameter& parameter : layer.parameters()) {
      parameter.initialize(1);
      parameter.tensor().set_requires_grad(true);
    }
    const Tensor w = layer.parameters()[0].tensor(), b = layer.parameters()[1].tensor();
    const Tensor values = random_tensor({one.rows, one.in, one.height, one.width}, 1);
    INFO(shape_text(values) << ", " << shape_text(w));
    const Tensor x = leaf(values, torch::kFloat, torch::MemoryFormat::Contiguous);
    const Tensor y = layer.forward(x);
    CHECK(y.is_contiguous(kChannelsLast));
    CHECK(torch::equal(y, layer.forward(leaf(values, torch::kFloat, kChannelsLast))));
    CHECK(torch::equal(y, layer.forward(x)));
    const Tensor expected = by_loops(x.detach().to(torch::kDouble), w.detach().to(torch::kDouble),
                                     one.geometry, y.sizes()) +
                            b.detach().to(torch::kDouble).view({1, -1, 1, 1});
    CHECK(max_error(y.to(torch::kDouble), expected) < 1e-5);
    const Tensor g = random_tensor(y.sizes().vec(), 4);
    const auto gradients = torch::autograd::grad({y}, {x, w, b}, {g.to(torch::kFloat)});
    const Tensor v = random_tensor(values.sizes().vec(), 5);
    const double by_x =
        product(g, by_loops(v, w.detach().to(torch::kDouble), one.geometry, y.sizes()));
    CHECK(product(gradients[0].to(torch::kDouble), v) == Approx(by_x).margin(1e-4));
    const Tensor u = random_tensor(w.sizes().vec(), 6);
    const double by_w =
        product(g, by_loops(x.detach().to(torch::kDouble), u, one.geometry, y.sizes()));
    CHECK(product(gradients[1].to(torch::kDouble), u) == Approx(by_w).margin(1e-3));
    CHECK(max_error(gradients[2].to(torch::kDouble), g.sum({0, 2, 3})) < 1e-4);
  }
}

TEST_CASE("what is frozen gets no gradient, and the rest the same one", "[conv]") {
  const ops::Conv2dGeometry how{1, 1};
  const Tensor x = leaf(random_tensor({4, 3, 6, 5}, 1), torch::kFloat, kChannelsLast);
  const Tensor w = random_tensor({2, 8, 3, 3, 3}, 2).to(torch::kFloat).set_requires_grad(true);
  const Tensor b = random_tensor({2, 8}, 3).to(torch::kFloat).set_requires_grad(true);
  const auto run = [&](const Tensor& input, const Tensor& weight, const Tensor& bias) {
    const Tensor y = ops::convolve_each_part(input, weight, bias, how);
    return (y * y).sum();
  };
  const auto all = torch::autograd::grad({run(x, w, b)}, {x, w, b});
  CHECK(torch::equal(torch::autograd::grad({run(x, w.detach(), b.detach())}, {x})[0], all[0]));
  CHECK(torch::equal(torch::autograd::grad({run(x.detach(), w, b.detach())}, {w})[0], all[1]));
  CHECK(max_error(torch::autograd::grad({run(x.detach(), w.detach(), b)}, {b})[0], all[2]) < 1e-3);
  const Tensor without = run(x, w, Tensor());
  CHECK(max_error(without, run(x, w, torch::zeros({8}))) == 0);
  CHECK_FALSE(run(x.detach(), w.detach(), b.detach()).requires_grad());
}

TEST_CASE("a network after conv2d stays channels-last, and flattens by channels", "[conv]") {
  constexpr int64_t kRows = 3, kSide = 7;
  const Tensor x = random_tensor({kRows, 2, kSide, kSide}, 1).to(torch::kFloat);
  std::vector<std::shared_ptr<Layer>> layers = {
      std::make_shared<nn::Conv2dLayer>(2, 5, 3, ops::Conv2dGeometry{1, 1}),
      std::make_shared<nn::BatchNorm2dLayer>(5),
      std::make_shared<nn::GroupNormLayer>(5, 5),
      std::make_shared<nn::ActivationLayer>("relu"),
      std::make_shared<nn::DropoutLayer>(0.5),
      std::make_shared<nn::AvgPool2dLayer>(2, 1),
      std::make_shared<nn::MaxPool2dLayer>(2)};
  const bool training = GENERATE(true, false);
  Tensor y = x, planes = x;
  for (const auto& layer : layers) {
    INFO(layer->kind());
    for (Parameter& parameter : layer->parameters()) parameter.initialize(3);
    layer->set_training(training);
    layer->set_noise({{7}, 1});
    y = layer->forward(y);
    layer->set_noise({{7}, 1});
    planes = layer->forward(planes.contiguous());
    CHECK(y.is_contiguous(kChannelsLast));
    CHECK(max_error(y, planes) < 1e-5);
  }
  const Tensor flat = nn::FlattenLayer().forward(y);
  REQUIRE(flat.sizes() == torch::IntArrayRef({kRows, 5 * 3 * 3}));
  for (int64_t c = 0; c < 5; ++c) {
    for (int64_t at = 0; at < 9; ++at) {
      CHECK(flat[1][9 * c + at].item<float>() == y[1][c][at / 3][at % 3].item<float>());
    }
  }
  CHECK(max_error(nn::GlobalAvgPoolLayer().forward(y), y.contiguous().view({kRows, 5, 9}).mean(2)) <
        1e-6);
}

TEST_CASE("dropout draws the same noise in either order", "[conv]") {
  const std::vector<uint64_t> seeds =
      GENERATE(as<std::vector<uint64_t>>(), std::vector<uint64_t>{5}, std::vector<uint64_t>{5, 9});
  const Tensor x = random_tensor({6, 5, 7, 3}, 1);  // a row is no multiple of four entries
  nn::DropoutLayer layer(0.3);
  layer.set_training(true);
  layer.set_noise({seeds, 2});
  const Tensor y = layer.forward(x);
  layer.set_noise({seeds, 2});
  CHECK(torch::equal(y, layer.forward(x.contiguous(kChannelsLast))));
}
