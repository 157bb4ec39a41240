// Layer and group normalisation against the same in tensor operations in double.
#include <modhost/ops.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>

#include "layer_cases.h"
#include "norm_kernels.h"

using namespace modhost;

namespace {

constexpr auto kChannelsLast = torch::MemoryFormat::ChannelsLast;
using Variant = ops::LayerNormVariant;

// Of a value [parts, c], or shared by all parts [c].
struct Scales {
  Tensor scale, shift;

  Scales(int64_t parts, int64_t channels, bool own_scale, bool own_shift)
      : scale(leaf(own_scale, parts, channels, 5)), shift(leaf(own_shift, parts, channels, 6)) {}
  static Tensor leaf(bool own, int64_t parts, int64_t channels, uint64_t seed) {
    return random_tensor(
               own ? std::vector<int64_t>{parts, channels} : std::vector<int64_t>{channels}, seed)
        .set_requires_grad(true);
  }
  // The same numbers in another type, as leaves.
  Scales to(torch::ScalarType type) const {
    Scales out = *this;
    out.scale = scale.detach().to(type).set_requires_grad(true);
    out.shift = shift.detach().to(type).set_requires_grad(true);
    return out;
  }
  static WeightView view(const Tensor& value) {
    return value.dim() == 1 ? WeightView(value)
                            : WeightView(value.detach()[0], given_variants(value));
  }
  WeightView scale_view() const { return view(scale); }
  WeightView shift_view() const { return view(shift); }
};

// Row n of part e times scale[e] plus shift[e]; channels are dimension `at` of x.
Tensor scaled(const Tensor& x, const Scales& by, int64_t parts, int64_t at) {
  const auto spread = [&](const Tensor& value) {
    const Tensor rows = (value.dim() == 2 ? value : value.expand({parts, value.size(0)}))
                            .repeat_interleave(x.size(0) / parts, 0);
    std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
    shape[0] = x.size(0);
    shape[static_cast<size_t>(at)] = rows.size(1);
    return rows.view(shape);
  };
  return x * spread(by.scale) + spread(by.shift);
}

Tensor normal_rows(const Tensor& x, double eps, Variant variant) {
  const Tensor centered = x - x.mean(-1, true);
  const Tensor squares = (centered * centered).sum(-1, true);
  const double count = static_cast<double>(x.size(-1));
  if (variant == Variant::standard) return centered / (squares / count + eps).sqrt();
  return centered / ((squares / (count - 1)).sqrt() + eps);
}

void check_same(const Tensor& y, const std::vector<Tensor>& leaves, const Tensor& expected,
                const std::vector<Tensor>& expected_leaves, double tolerance) {
  CHECK(max_error(y.to(torch::kDouble), expected) < tolerance);
  const Tensor g = random_tensor(y.sizes().vec(), 9);
  const auto one = torch::autograd::grad({y}, leaves, {g.to(y.scalar_type())});
  const auto other = torch::autograd::grad({expected}, expected_leaves, {g});
  for (size_t i = 0; i < one.size(); ++i) {
    INFO("gradient " << i);
    const double size = other[i].abs().max().item<double>();
    CHECK(max_error(one[i].to(torch::kDouble), other[i]) < tolerance * (1 + size));
  }
}

}  // namespace

TEST_CASE("layer norm equals its formula for every width, part by part", "[norm]") {
  const auto type = GENERATE(torch::kDouble, torch::kFloat);
  const auto variant = GENERATE(Variant::standard, Variant::unbiased_std);
  const bool own_scale = GENERATE(true, false), own_shift = GENERATE(true, false);
  constexpr int64_t kParts = 3;
  for (const int64_t features : {1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 100}) {
    if (features == 1 && variant == Variant::unbiased_std) continue;
    INFO(features << " features of " << type << ", own " << own_scale << own_shift);
    const Scales scales(kParts, features, own_scale, own_shift);
    const Scales typed = scales.to(type);
    // 23 rows a part, more than one block of 64 rows in all, and an offset that must cancel.
    const Tensor values = (random_tensor({kParts * 23, 2, features}, 1) + 3).to(type);
    const Tensor x = values.clone().set_requires_grad(true);
    const Tensor wide = values.to(torch::kDouble).set_requires_grad(true);
    const double eps = 0.01;
    const Tensor y = ops::layer_norm(x, typed.scale_view(), typed.shift_view(), eps, variant);
    const Tensor expected = scaled(normal_rows(wide, eps, variant), scales, kParts, 2);
    check_same(y, {x, typed.scale, typed.shift}, expected, {wide, scales.scale, scales.shift},
               type == torch::kDouble ? 1e-11 : 2e-4);
  }
}

TEST_CASE("layer norm of plain parameters is LibTorch's", "[norm]") {
  const Scales scales(1, 19, false, false);
  const Tensor x = random_tensor({5, 3, 19}, 1).set_requires_grad(true);
  const Tensor y = ops::layer_norm(x, scales.scale_view(), scales.shift_view(), 1e-5);
  check_same(y, {x, scales.scale, scales.shift},
             torch::layer_norm(x, {19}, scales.scale, scales.shift, 1e-5),
             {x, scales.scale, scales.shift}, 1e-11);
}

TEST_CASE("a row of one value has no direction, and a finite gradient", "[norm]") {
  const auto variant = GENERATE(Variant::standard, Variant::unbiased_std);
  const Scales scales(1, 6, false, false);
  const Tensor x = torch::full({2, 6}, 4.0, torch::kDouble).set_requires_grad(true);
  const Tensor y = ops::layer_norm(x, scales.scale_view(), scales.shift_view(), 1e-5, variant);
  CHECK(max_error(y[0], scales.shift) < 1e-12);
  CHECK(torch::autograd::grad({y.sum()}, {x})[0].isfinite().all().item<bool>());
}

TEST_CASE("group norm equals its formula in both orders, part by part", "[norm]") {
  const auto type = GENERATE(torch::kDouble, torch::kFloat);
  const auto order = GENERATE(torch::MemoryFormat::Contiguous, kChannelsLast);
  const bool own = GENERATE(true, false);
  struct Sizes {
    int64_t groups, channels, height, width;
  };
  // One channel a group, one group, one pixel, a plane of several blocks, odd numbers.
  for (const Sizes& of : {Sizes{3, 3, 5, 2}, Sizes{1, 5, 3, 7}, Sizes{2, 34, 1, 1},
                          Sizes{2, 4, 71, 67}, Sizes{4, 20, 9, 3}}) {
    constexpr int64_t kParts = 2;
    INFO(of.channels << " channels, " << of.height << " x " << of.width << ", " << type);
    const Scales scales(kParts, of.channels, own, true);
    const Scales typed = scales.to(type);
    const Tensor values =
        (random_tensor({kParts * 3, of.channels, of.height, of.width}, 1) - 2).to(type);
    const Tensor x = values.contiguous(order).clone().set_requires_grad(true);
    const Tensor wide = values.to(torch::kDouble).contiguous().set_requires_grad(true);
    const Tensor y = ops::group_norm(x, typed.scale_view(), typed.shift_view(), of.groups, 1e-3);
    CHECK(y.is_contiguous(order));
    const Tensor normal =
        normal_rows(wide.view({kParts * 3, of.groups, -1}), 1e-3, Variant::standard);
    const Tensor expected = scaled(normal.view(wide.sizes()), scales, kParts, 1);
    check_same(y, {x, typed.scale, typed.shift}, expected, {wide, scales.scale, scales.shift},
               type == torch::kDouble ? 1e-10 : 3e-4);
  }
}

TEST_CASE("norms have the same bits at any number of threads", "[norm]") {
  const bool groups = GENERATE(true, false);
  const Scales scales = Scales(2, 24, true, true).to(torch::kFloat);
  const Tensor x = random_tensor({32, 24, 13, 24}, 1).to(torch::kFloat).set_requires_grad(true);
  const int before = torch::get_num_threads();
  std::vector<std::vector<Tensor>> all;
  for (const int threads : {1, 2, 5}) {
    torch::set_num_threads(threads);
    const Tensor y = groups ? ops::group_norm(x, scales.scale_view(), scales.shift_view(), 4, 1e-5)
                            : ops::layer_norm(x, scales.scale_view(), scales.shift_view(), 1e-5);
    all.push_back(
        torch::autograd::grad({y}, {x, scales.scale, scales.shift}, {y.detach() * y.detach()}));
    all.back().push_back(y.detach());
  }
  torch::set_num_threads(before);
  for (size_t run = 1; run < all.size(); ++run) {
    for (size_t i = 0; i < all[0].size(); ++i) CHECK(torch::equal(all[0][i], all[run][i]));
  }
}

TEMPLATE_TEST_CASE("all instruction sets give the same bits of norms", "[norm]", float, double) {
  using T = TestType;
  const auto type = std::is_same_v<T, float> ? torch::kFloat : torch::kDouble;
  const auto sets = modhost::detail::usable_norm_kernels<T>();
  for (const int64_t width : {1, 5, 16, 37, 70, 131}) {
    constexpr int64_t kRows = 6;  // rows of a layer norm, channels of a group norm
    const Tensor x = random_tensor({kRows, width}, 1).to(type);
    const Tensor g = random_tensor({kRows, width}, 2).to(type);
    const Tensor scale = random_tensor({kRows * width}, 3).to(type);
    const auto data = [](const Tensor& tensor) { return tensor.data_ptr<T>(); };
    std::vector<Tensor> first;
    for (const auto* kernels : sets) {
      INFO(kernels->name << ", " << width);
      std::vector<Tensor> own;
      const auto out = [&](int64_t entries) {
        own.push_back(torch::zeros({entries}, type));
        return data(own.back());
      };
      const auto sums = [&](int64_t entries) {
        own.push_back(torch::zeros({entries}, torch::kDouble));
        return own.back().data_ptr<double>();
      };
      const int64_t size = kRows * width;
      for (const bool unbiased : {false, true}) {
        if (unbiased && width == 1) continue;
        const modhost::detail::RowNorm norm{width, 1e-3, unbiased};
        const modhost::detail::RowStatistics<T> of{out(kRows), out(kRows), out(kRows)};
        kernels->rows(norm, kRows, data(x), data(scale), data(g), out(size), of);
        kernels->rows_backward(norm, kRows, data(x), data(g), data(scale), of, out(size),
                               out(width), out(width));
      }
      const modhost::detail::GroupNormShape shape{2, kRows, width, 1e-3},
          flat{3, width * 3, 2, 1e-3};
      T *mean = out(3), *factor = out(3);
      kernels->planes(shape, data(x), data(scale), data(g), out(size), mean, factor);
      kernels->planes_backward(shape, data(x), data(g), data(scale), mean, factor, out(size),
                               sums(kRows), sums(kRows));
      kernels->pixels(flat, data(x), data(scale), data(g), out(size), mean, factor);
      kernels->pixels_backward(flat, data(x), data(g), data(scale), mean, factor, out(size),
                               sums(3 * width), sums(3 * width));
      const modhost::detail::PixelRun run{kRows, width};
      T *center = out(width), *factors = out(width);
      kernels->moments(run, data(x), center, factors);
      kernels->products(run, data(x), data(g), center, out(width), out(width));
      kernels->affine(run, data(x), center, data(scale), data(g), out(size));
      kernels->batch_backward(run, data(x), data(g), center, data(scale), data(g), factors, T(0.3),
                              out(size));
      if (first.empty()) first = own;
      for (size_t i = 0; i < own.size(); ++i) CHECK(torch::equal(own[i], first[i]));
    }
  }
}
