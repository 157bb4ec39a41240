// The LSTM as one operation (single precision) against the same written step by step in double.
#include <ATen/Parallel.h>
#include <modhost/mask.h>
#include <modhost/ops_recurrent.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "block_product.h"
#include "lstm_kernels.h"
#include "sampled_mask.h"

using namespace modhost;

namespace {

enum class Weights { plain, given, sampled };

struct Sizes {
  int64_t parts, rows, steps, in, units;
  bool lengths;
};

// One problem in either precision. Leaves: x, h0, c0, the recurrent weights (or their logits),
// bias.
struct Problem {
  Tensor x, h0, c0, w_ih, w_hh, logits, bias, lengths;
  Weights kind;
  int64_t parts;

  Problem(const Sizes& size, Weights weights) : kind(weights), parts(size.parts) {
    torch::manual_seed(11);
    const int64_t rows = size.parts * size.rows;
    x = torch::randn({rows, size.steps, size.in});
    h0 = torch::randn({rows, size.units});
    c0 = torch::randn({rows, size.units});
    w_ih = torch::randn({4 * size.units, size.in});
    w_hh = torch::randn({4 * size.units, size.units}) / std::sqrt(size.units);
    if (kind == Weights::given)
      w_hh = w_hh + 0.1 * torch::randn({parts, 4 * size.units, size.units});
    logits = torch::randn({1, 4 * size.units, size.units});
    bias = torch::randn({4 * size.units});
    if (size.lengths) lengths = torch::arange(rows) % (size.steps + 1);
  }

  Problem as(torch::ScalarType type) const {
    Problem out = *this;
    for (Tensor* tensor :
         {&out.x, &out.h0, &out.c0, &out.w_ih, &out.w_hh, &out.logits, &out.bias}) {
      *tensor = tensor->to(type).clone();
    }
    for (Tensor& leaf : out.leaves()) leaf.set_requires_grad(true);
    return out;
  }

  std::vector<Tensor> leaves() const {
    return {x, h0, c0, kind == Weights::sampled ? logits : w_hh, bias};
  }

  WeightView recurrent() const {
    if (kind == Weights::plain) return WeightView(w_hh);
    if (kind == Weights::given) return WeightView(w_hh[0], given_variants(w_hh));
    const MaskSampling sampling{parts, 1, Estimator::gumbel, {3, 4, {}}};
    return WeightView(w_hh, std::make_shared<modhost::detail::SampledMask>(logits, sampling));
  }

  // Outputs and gradients of all leaves.
  std::vector<Tensor> results() const {
    const auto out = ops::lstm_layer(
        x, h0, c0, {WeightView(w_ih), recurrent(), WeightView(bias), WeightView(Tensor())},
        lengths);
    const Tensor seen = torch::sin(torch::arange(out.y.numel(), x.options())).view(out.y.sizes());
    const Tensor loss = (out.y * seen).sum() + out.h.square().sum() + (0.5 * out.c).sum();
    std::vector<Tensor> all{out.y.detach(), out.h.detach(), out.c.detach()};
    for (const Tensor& gradient : torch::autograd::grad({loss}, leaves())) all.push_back(gradient);
    return all;
  }
};

}  // namespace

TEST_CASE("the LSTM as one operation equals the LSTM step by step", "[lstm]") {
  const Weights kind = GENERATE(Weights::plain, Weights::given, Weights::sampled);
  const Sizes size = GENERATE(Sizes{1, 3, 4, 5, 7, false}, Sizes{3, 2, 5, 4, 33, true},
                              Sizes{5, 17, 3, 6, 40, false}, Sizes{2, 13, 1, 3, 16, true});
  const Problem problem(size, kind);
  const std::vector<Tensor> fused = problem.as(torch::kFloat).results();
  const std::vector<Tensor> truth = problem.as(torch::kDouble).results();
  for (size_t i = 0; i < truth.size(); ++i) {
    INFO("result " << i);
    const Tensor error = (fused[i].to(torch::kDouble) - truth[i]).abs().max();
    CHECK(error.item<double>() < 3e-6 * (1 + truth[i].abs().max().item<double>()));
  }
}

TEST_CASE("the LSTM as one operation has the same bits at any number of threads", "[lstm]") {
  const Problem problem = Problem({4, 20, 6, 8, 48, true}, Weights::sampled).as(torch::kFloat);
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const std::vector<Tensor> one = problem.results();
  at::set_num_threads(3);
  const std::vector<Tensor> three = problem.results();
  at::set_num_threads(before);
  for (const size_t i : {0, 1, 2, 4, 5, 6}) CHECK(torch::equal(one[i], three[i]));
}

TEST_CASE("every instruction set computes the same LSTM step", "[lstm]") {
  constexpr int64_t kUnits = 45;
  torch::manual_seed(2);
  const Tensor sums = 6 * torch::randn({4 * kUnits}), before = torch::randn({kUnits});
  const Tensor dh = torch::randn({kUnits}), later = torch::randn({kUnits});
  Tensor first;
  for (const auto* kernels : modhost::detail::usable_lstm_kernels()) {
    const Tensor gates = torch::empty({4 * kUnits}), c = torch::empty({kUnits});
    const Tensor h = torch::empty({kUnits}), dc = later.clone(), dsums = torch::empty({4 * kUnits});
    kernels->forward(kUnits, sums.data_ptr<float>(), before.data_ptr<float>(),
                     gates.data_ptr<float>(), c.data_ptr<float>(), h.data_ptr<float>());
    kernels->backward(kUnits, gates.data_ptr<float>(), before.data_ptr<float>(),
                      c.data_ptr<float>(), dh.data_ptr<float>(), dc.data_ptr<float>(),
                      dsums.data_ptr<float>());
    const Tensor all = torch::cat({gates, c, h, dc, dsums});
    if (!first.defined()) first = all;
    INFO(kernels->name);
    CHECK(torch::allclose(all, first, 2e-6, 2e-7));
  }
}

TEST_CASE("products of blocks are exact to rounding, masked or not, on every instruction set",
          "[lstm]") {
  using modhost::detail::BlockProduct;
  const int64_t m = GENERATE(1, 5, 12, 16, 31);
  const bool masked = GENERATE(false, true), add = GENERATE(false, true);
  constexpr int64_t kInner = 37, kColumns = 32;
  torch::manual_seed(8);
  const Tensor a = torch::randn({m, kInner}), b = torch::randn({kInner, kColumns});
  const Tensor start = torch::randn({m, kColumns});
  std::vector<uint32_t> bits(kInner);
  Tensor kept = b.clone();
  for (int64_t i = 0; i < kInner; ++i) {
    bits[i] = 0x9e3779b9U * static_cast<uint32_t>(i + 1);
    for (int64_t column = 0; masked && column < kColumns; ++column) {
      if ((bits[i] >> column & 1U) == 0) kept[i][column] = 0;
    }
  }
  Tensor truth = torch::mm(a.to(torch::kDouble), kept.to(torch::kDouble));
  if (add) truth = truth + start;
  for (const auto& kernel : modhost::detail::usable_block_products()) {
    const Tensor c = start.clone();
    BlockProduct product{m,
                         kColumns,
                         kInner,
                         a.data_ptr<float>(),
                         kInner,
                         1,
                         b.data_ptr<float>(),
                         kColumns,
                         c.data_ptr<float>(),
                         kColumns,
                         add};
    if (masked) product.bits = bits.data();
    kernel.run(product);
    INFO(kernel.name);
    CHECK(torch::allclose(c.to(torch::kDouble), truth, 1e-5, 1e-5));
  }
}
