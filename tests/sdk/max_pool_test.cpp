// Max pooling of our own against LibTorch's.
#include "max_pool.h"

#include <modhost/ops.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>

#include "layer_cases.h"
#include "pool_kernels.h"

using namespace modhost;

namespace {

constexpr auto kPlanes = torch::MemoryFormat::Contiguous;
constexpr auto kPixels = torch::MemoryFormat::ChannelsLast;

std::vector<int64_t> both(const ops::Sides& sides) { return {sides.height, sides.width}; }

Tensor librarys(const Tensor& x, const ops::Pool2dGeometry& how) {
  return torch::max_pool2d(x, both(how.kernel), both(how.stride), both(how.padding));
}

bool same_bits(const Tensor& a, const Tensor& b) {
  const auto type = a.scalar_type() == torch::kFloat ? torch::kInt : torch::kLong;
  return torch::equal(a.contiguous().view(type), b.contiguous().view(type));
}

struct Case {
  std::vector<int64_t> sizes;  // n, channels, height, width
  ops::Pool2dGeometry how;
};

std::vector<Case> cases() {
  return {
      {{2, 3, 8, 6}, {2, 2, 0}},                    // tiles
      {{2, 37, 8, 6}, {2, 2, 0}},                   // several widths of vectors
      {{3, 16, 7, 9}, {2, 2, 0}},                   // a row and a column left out
      {{2, 5, 9, 70}, {3, 2, 1}},                   // windows overlap, padding
      {{2, 20, 11, 10}, {{3, 2}, {1, 3}, {1, 0}}},  // overlapping down, gaps across
      {{1, 4, 6, 8}, {{2, 4}, {2, 4}, {1, 2}}},     // tiles that begin in the padding
      {{2, 3, 1, 17}, {{1, 3}, {1, 2}, {0, 1}}},    // a row
      {{2, 1, 6, 6}, {3, 1, 1}},                    // one channel
      {{2, 6, 1, 1}, {2, 1, 1}},                    // one pixel
      {{1, 2, 15, 17}, {{15, 17}, 1, 0}},           // the largest window, 255 entries
      {{4, 8, 12, 12}, {4, 5, 2}},                  // gaps and padding
  };
}

enum class Values { normal, ties, wild };

// Normal numbers; few different integers; NaN and both infinities in between.
Tensor values(const std::vector<int64_t>& sizes, Values kind) {
  const Tensor normal = random_tensor(sizes, 3);
  if (kind == Values::normal) return normal;
  const Tensor ties = normal.round() + 0.0;
  if (kind == Values::ties) return ties;
  const Tensor which = random_tensor(sizes, 4);
  const double inf = std::numeric_limits<double>::infinity();
  return ties.masked_fill(which > 1.5, std::nan(""))
      .masked_fill(which < 0.5, -inf)
      .masked_fill(which < -2, inf);
}

}  // namespace

TEST_CASE("max pooling is LibTorch's to the bit", "[pool]") {
  const auto type = GENERATE(torch::kFloat, torch::kDouble);
  const auto order = GENERATE(kPlanes, kPixels);
  const auto kind = GENERATE(Values::normal, Values::ties, Values::wild);
  for (const Case& one : cases()) {
    INFO(one.sizes << ", values " << static_cast<int>(kind));
    const Tensor x =
        values(one.sizes, kind).to(type).contiguous(order).clone().set_requires_grad(true);
    REQUIRE(modhost::detail::can_max_pool(x, one.how));
    const Tensor y = ops::max_pool2d(x, one.how), expected = librarys(x, one.how);
    REQUIRE(y.sizes() == expected.sizes());
    CHECK(y.suggest_memory_format() == expected.suggest_memory_format());
    CHECK(same_bits(y, expected));
    const Tensor g = random_tensor(y.sizes().vec(), 5).to(type);
    CHECK(same_bits(torch::autograd::grad({y}, {x}, {g})[0],
                    torch::autograd::grad({expected}, {x}, {g})[0]));
    const torch::NoGradGuard no_grad;
    CHECK(same_bits(ops::max_pool2d(x, one.how), expected));
  }
}

TEST_CASE("the gradient of max pooling is its derivative", "[pool]") {
  const auto order = GENERATE(kPlanes, kPixels);
  for (const Case& one : cases()) {
    INFO(one.sizes);
    const Tensor x = random_tensor(one.sizes, 6).contiguous(order).clone().set_requires_grad(true);
    const auto value = [&](const Tensor& at) {
      const Tensor y = ops::max_pool2d(at, one.how);
      return (y * random_tensor(y.sizes().vec(), 7)).sum();
    };
    const Tensor along = random_tensor(one.sizes, 8);
    const double slope = (torch::autograd::grad({value(x)}, {x})[0] * along).sum().item<double>();
    const double expected = central_difference(
        [&](const Tensor& at) { return value(at).item<double>(); }, x.detach(), along);
    CHECK(slope == Approx(expected).epsilon(1e-6).margin(1e-6));
  }
}

TEST_CASE("max pooling takes views and gradients of any strides", "[pool]") {
  const Tensor base = random_tensor({3, 12, 9, 8}, 1).set_requires_grad(true);
  for (const Tensor& x :
       {base.narrow(1, 2, 5), base.transpose(2, 3), base.slice(0, 0, 3, 2),
        base.contiguous(kPixels).narrow(1, 4, 8), base[0].expand({2, 12, 9, 8})}) {
    const Tensor y = ops::max_pool2d(x, {3, 2, 1}), expected = librarys(x, {3, 2, 1});
    CHECK(torch::equal(y, expected));
    // The gradient of a sum is one number, expanded.
    CHECK(torch::equal(torch::autograd::grad({y.sum()}, {base})[0],
                       torch::autograd::grad({expected.sum()}, {base})[0]));
  }
}

TEST_CASE("what has no kernel of ours is LibTorch's", "[pool]") {
  const auto check = [](const Tensor& x, const ops::Pool2dGeometry& how) {
    CHECK_FALSE(modhost::detail::can_max_pool(x, how));
    CHECK(torch::equal(ops::max_pool2d(x, how), librarys(x, how)));
  };
  check(random_tensor({2, 3, 20, 16}, 1), {16, 2, 0});  // 256 entries
  check(random_tensor({3, 8, 6}, 1), {2, 2, 0});        // no batch
  check(random_tensor({2, 3, 8, 6}, 1).to(torch::kBFloat16), {2, 2, 0});
  check(random_tensor({0, 3, 8, 6}, 1), {2, 2, 0});
  CHECK_THROWS_AS(ops::max_pool2d(random_tensor({2, 3, 8, 6}, 1), {9, 2, 0}), c10::Error);
  CHECK_THROWS_AS(ops::max_pool2d(random_tensor({2, 3, 8, 6}, 1), {2, 2, 2}), c10::Error);
}

TEST_CASE("max pooling keeps no images for the way back", "[pool]") {
  const Tensor x = random_tensor({2, 3, 8, 6}, 1).set_requires_grad(true);
  const Tensor read = x * 2;
  const Tensor y = ops::max_pool2d(read, {});
  CHECK(read.storage().use_count() == 1);
}

TEST_CASE("max pooling has the same bits at any number of threads", "[pool]") {
  const auto order = GENERATE(kPlanes, kPixels);
  const Tensor x = random_tensor({33, 24, 26, 30}, 1)
                       .to(torch::kFloat)
                       .contiguous(order)
                       .set_requires_grad(true);
  const int before = torch::get_num_threads();
  std::vector<std::vector<Tensor>> runs;
  for (const int threads : {1, 3}) {
    torch::set_num_threads(threads);
    const Tensor y = ops::max_pool2d(x, {3, 2, 1});
    const Tensor g = random_tensor(y.sizes().vec(), 2).to(torch::kFloat);
    runs.push_back({y.detach(), torch::autograd::grad({y}, {x}, {g})[0]});
  }
  torch::set_num_threads(before);
  for (size_t i = 0; i < 2; ++i) CHECK(same_bits(runs[0][i], runs[1][i]));
}

TEMPLATE_TEST_CASE("all instruction sets pool to the same bits", "[pool]", float, double) {
  using T = TestType;
  const auto type = std::is_same_v<T, float> ? torch::kFloat : torch::kDouble;
  for (const Case& one : cases()) {
    // Which of -0 and 0 comes first matters to bits alone.
    const Tensor ties = values(one.sizes, Values::wild), signs = random_tensor(one.sizes, 9) > 0;
    const Tensor x = torch::where(signs, ties, -ties).to(type).contiguous();
    const ops::Sides out = modhost::detail::pooled_sides({x.size(2), x.size(3)}, one.how);
    const auto &kernel = one.how.kernel, &stride = one.how.stride, &padding = one.how.padding;
    const modhost::detail::PoolShape shape{
        {x.size(2), out.height, kernel.height, stride.height, padding.height},
        {x.size(3), out.width, kernel.width, stride.width, padding.width},
        x.size(1)};
    const Tensor g = random_tensor({x.size(1) * out.height * out.width}, 2).to(type);
    std::vector<Tensor> first;
    for (const auto* kernels : modhost::detail::usable_pool_kernels<T>()) {
      INFO(kernels->name << ", " << one.sizes);
      const auto run = [&](auto forward, auto backward) {
        const Tensor y = torch::zeros_like(g), at = torch::zeros(g.sizes(), torch::kByte);
        const Tensor dx = torch::zeros_like(x);
        forward(shape, x.data_ptr<T>(), y.template data_ptr<T>(), at.template data_ptr<uint8_t>());
        backward(shape, g.data_ptr<T>(), at.template data_ptr<uint8_t>(),
                 dx.template data_ptr<T>());
        return std::vector<Tensor>{y, at, dx};
      };
      std::vector<Tensor> own = run(kernels->pixels, kernels->pixels_backward);
      for (const Tensor& tensor : run(kernels->plane, kernels->plane_backward)) {
        own.push_back(tensor);
      }
      if (first.empty()) first = own;
      for (size_t i = 0; i < own.size(); ++i) {
        INFO(i);
        const bool positions = own[i].scalar_type() == torch::kByte;
        CHECK((positions ? torch::equal(own[i], first[i]) : same_bits(own[i], first[i])));
      }
    }
  }
}
