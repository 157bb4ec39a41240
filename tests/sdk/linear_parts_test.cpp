// The linear layer with weights of its own for each part, against sums in double precision.
#include <linear_parts.h>
#include <modhost/ops.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>

using namespace modhost;

namespace {

struct Case {
  int64_t parts, rows, in, out;
};

// Each of `count` additions rounds a sum of about sqrt(count) by up to 2^-24 of it; the largest of
// some thousand such errors, which add up as a random walk, lies below 4 * 2^-24 * count.
double tolerance(int64_t count) { return 2.4e-7 * static_cast<double>(count) + 2e-6; }

double gap(const Tensor& a, const Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  if (a.numel() == 0) return 0;
  return (a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max().item<double>();
}

struct Given {
  Tensor x, weight, bias, gy;
  explicit Given(const Case& c) {
    torch::manual_seed(c.in * 100 + c.out);
    x = torch::randn({c.parts * c.rows, c.in}).requires_grad_();
    weight = torch::randn({c.parts, c.out, c.in}).requires_grad_();
    bias = torch::randn({c.parts, c.out}).requires_grad_();
    gy = torch::randn({c.parts * c.rows, c.out});
  }
};

void check_case(const Case& c) {
  INFO(c.parts << " parts of " << c.rows << " rows, " << c.in << " -> " << c.out);
  Given given(c);
  const Tensor y = modhost::detail::linear_parts(given.x, given.weight, given.bias);
  y.backward(given.gy);
  for (int64_t part = 0; part < c.parts; ++part) {
    const auto rows = [&](const Tensor& all) {
      return all.detach().narrow(0, part * c.rows, c.rows).to(torch::kDouble);
    };
    const Tensor w = given.weight.detach()[part].to(torch::kDouble);
    const Tensor x = rows(given.x), gy = rows(given.gy);
    CHECK(gap(rows(y), x.matmul(w.t()) + given.bias.detach()[part]) < tolerance(c.in));
    CHECK(gap(rows(given.x.grad()), gy.matmul(w)) < tolerance(c.out));
    CHECK(gap(given.weight.grad()[part], gy.t().matmul(x)) < tolerance(c.rows));
    CHECK(gap(given.bias.grad()[part], gy.sum(0)) < tolerance(c.rows));
  }
}

}  // namespace

TEST_CASE("linear layers of parts are the sums that they should be", "[linear_parts]") {
  for (const Case& c :
       {Case{10, 8, 4, 24}, Case{3, 32, 60, 60}, Case{2, 5, 8, 60}, Case{1, 1, 1, 1},
        Case{4, 3, 17, 15}, Case{2, 7, 16, 31}, Case{3, 13, 33, 2}, Case{2, 40, 64, 48},
        Case{5, 12, 19, 100}, Case{3, 9, 300, 250}}) {
    check_case(c);
  }
}

TEST_CASE("only the wanted gradients of a linear layer of parts are computed", "[linear_parts]") {
  const Case c = GENERATE(Case{3, 4, 20, 18}, Case{2, 4, 260, 270});
  Given all(c), some(c);
  modhost::detail::linear_parts(all.x, all.weight, all.bias).backward(all.gy);
  some.weight.requires_grad_(false);
  modhost::detail::linear_parts(some.x, some.weight, Tensor()).backward(some.gy);
  CHECK(torch::equal(some.x.grad(), all.x.grad()));
  CHECK(!some.weight.grad().defined());
  const Tensor without = modhost::detail::linear_parts(all.x, all.weight, Tensor());
  const Tensor with =
      modhost::detail::linear_parts(all.x, all.weight, torch::zeros({c.parts, c.out}));
  CHECK(gap(without.detach(), with.detach()) == 0);
}

TEST_CASE("a linear layer of parts has the same bits at any number of threads", "[linear_parts]") {
  const Case c{8, 64, 100, 90};
  const int before = torch::get_num_threads();
  std::vector<Tensor> results;
  for (const int threads : {1, 3}) {
    torch::set_num_threads(threads);
    Given given(c);
    results.push_back(modhost::detail::linear_parts(given.x, given.weight, given.bias));
    results.back().backward(given.gy);
    results.push_back(given.weight.grad());
  }
  torch::set_num_threads(before);
  CHECK(torch::equal(results[0], results[2]));
  CHECK(torch::equal(results[1], results[3]));
}

TEST_CASE("sequences go through the linear layer of parts as rows", "[linear_parts]") {
  torch::manual_seed(1);
  const Tensor x = torch::randn({6, 4, 20}), weight = torch::randn({3, 9, 20});
  const Tensor y = ops::linear(x, WeightView(torch::zeros({9, 20}), given_variants(weight)),
                               WeightView(Tensor()));
  REQUIRE(y.sizes() == torch::IntArrayRef({6, 4, 9}));
  for (int64_t row = 0; row < 6; ++row) {
    CHECK(gap(y[row], x[row].matmul(weight[row / 2].t())) < tolerance(20));
  }
}
