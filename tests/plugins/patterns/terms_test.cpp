// Polynomials and functions against values worked out by hand.
#include "terms.h"

#include <modhost/error.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <numeric>

#include "../../core/test_folder.h"
#include "term_dataset.h"
#include "term_source.h"

using namespace modhost;
using namespace modhost_patterns;

namespace {

Batch everything(const Source& source) {
  std::vector<int64_t> indices(static_cast<size_t>(source.size()));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return source.load(indices);
}

std::shared_ptr<PolyOptions> few() {
  auto options = std::make_shared<PolyOptions>();
  options->train.set(2000);
  options->test.set(50);
  return options;
}

TermSource at_point(const Terms& terms, const std::vector<float>& point) {
  return TermSource(std::make_shared<Terms>(terms), std::make_shared<std::vector<float>>(point),
                    std::vector<bool>(terms.list.size(), true));
}

}  // namespace

TEST_CASE("outputs of poly are the sums that their bits tell", "[patterns]") {
  const TermSource source = at_point(polynomials(), {2, 3});
  const Tensor out = source.load({0}).target[0];
  REQUIRE(out.numel() == 512);
  // At x = 2, y = 3: 1, y = 3, y2 = 9, x = 2, xy = 6, xy2 = 18, x2 = 4, x2y = 12, x2y2 = 36.
  const std::vector<double> monomials{1, 3, 9, 2, 6, 18, 4, 12, 36};
  for (size_t k = 0; k < 9; ++k) {
    CHECK(out[int64_t{1} << (8 - k)].item<double>() == monomials[k]);
  }
  CHECK(out[0].item<double>() == 0);
  CHECK(out[511].item<double>() == 91);
  CHECK(out[0b100010001].item<double>() == 1 + 6 + 36);
  // 256 of the sums have each monomial.
  CHECK(source.output_groups().size() == 9);
  CHECK(source.output_groups()[7] == "x2y");
  const Tensor members = source.outputs_of_groups();
  CHECK(torch::equal(members.sum(1), torch::full({9}, 256, torch::kLong)));
  CHECK(members[0][int64_t{1} << 8].item<bool>());
  CHECK_FALSE(members[8][int64_t{1} << 8].item<bool>());
  CHECK(at_point(formulas(Formulas::four, false, false), {0.5}).output_groups().empty());
  CHECK(polynomials().list[7].name == "x2y");
  CHECK(polynomials().list[0].name == "one");
}

TEST_CASE("the four functions, scaled and each with its input", "[patterns]") {
  const Tensor plain = at_point(formulas(Formulas::four, false, false), {0.5}).load({0}).target[0];
  CHECK(plain[0].item<double>() == Approx(0.479425538604203).epsilon(1e-6));
  CHECK(plain[1].item<double>() == Approx(1.704929906).epsilon(1e-6));  // ln 5.501
  CHECK(plain[2].item<double>() == Approx(0.877582561890373).epsilon(1e-6));
  CHECK(plain[3].item<double>() == Approx(1.648721270700128).epsilon(1e-6));
  const Tensor streamed =
      at_point(formulas(Formulas::four, true, true), {0.5, -4.001F, 0, 1}).load({0}).target[0];
  CHECK(streamed[0].item<double>() == Approx(0.479425538604203 / 0.72605824).epsilon(1e-6));
  CHECK(streamed[1].item<double>() == Approx(0).margin(1e-6));
  CHECK(streamed[2].item<double>() == Approx(1 / 0.6598921).epsilon(1e-6));
  CHECK(streamed[3].item<double>() == Approx(2.718281828459045 / 29.747263).epsilon(1e-6));
  const Tensor fast = at_point(formulas(Formulas::fast, false, true), {0.2F}).load({0}).target[0];
  CHECK(fast[0].item<double>() == Approx(0.841470984807897).epsilon(1e-6));
  CHECK(fast[1].item<double>() == Approx(0.540302305868140).epsilon(1e-6));
}

TEST_CASE("the constants are the deviations over U(-5, 5)", "[patterns]") {
  // Midpoint rule; e^x and the others are smooth, the logarithm has its steep end at -5.
  constexpr int kPoints = 2'000'000;
  for (const Term& term : formulas(Formulas::four, false, true).list) {
    double sum = 0, squares = 0;
    for (int i = 0; i < kPoints; ++i) {
      const double x = -5 + 10 * (i + 0.5) / kPoints;
      const double value = term.value(&x);
      sum += value;
      squares += value * value;
    }
    const double mean = sum / kPoints;
    // The study's constants are of samples of its own.
    CHECK(std::sqrt(squares / kPoints - mean * mean) == Approx(1).margin(0.01));
  }
}

TEST_CASE("a term and the others make up the whole", "[patterns]") {
  const Poly poly(few());
  CHECK(poly.signature().text() == "features [2] -> values [512]");
  CHECK(poly.tasks().size() == 9);
  const Batch whole = everything(*poly.all(Split::test));
  for (const Task& task : poly.tasks()) {
    const Batch alone = everything(*poly.task(task.name, Split::test));
    const Batch others = everything(*poly.other(task.name, Split::test));
    CHECK(torch::equal(alone.input, whole.input));
    CHECK(torch::allclose(alone.target + others.target, whole.target, 1e-5, 1e-4));
  }
  const Batch product = everything(*poly.task("xy", Split::test));
  const Tensor xy = product.input.prod(1);
  CHECK(torch::allclose(product.target.select(1, 0b000010000), xy));
  CHECK(torch::allclose(product.target.select(1, 0b101010001), xy));
  CHECK((product.target.select(1, 0b111101111) == 0).all().item<bool>());
  CHECK_THROWS_WITH(poly.task("xyz", Split::test), Catch::Contains("xyz"));
}

TEST_CASE("inputs have the distribution that is told", "[patterns]") {
  const Tensor normal = everything(*Poly(few()).all(Split::train)).input;
  CHECK(normal.mean().item<double>() == Approx(0).margin(5 / std::sqrt(4000.0)));
  CHECK(normal.std().item<double>() == Approx(1).margin(5 / std::sqrt(8000.0)));
  auto options = std::make_shared<FunctionsOptions>();
  options->inputs.set("streamed");
  const Functions functions(options);
  CHECK(functions.signature().text() == "features [4] -> values [4]");
  const Tensor uniform = everything(*functions.all(Split::test)).input;
  CHECK(uniform.sizes().vec() == std::vector<int64_t>{1280, 4});
  CHECK(uniform.min().item<double>() >= -5);
  CHECK(uniform.max().item<double>() < 5);
  CHECK(uniform.std().item<double>() == Approx(10 / std::sqrt(12.0)).margin(0.15));
  CHECK(torch::equal(uniform, everything(*Functions(options).all(Split::test)).input));
}

TEST_CASE("terms are drawn as panels", "[patterns]") {
  const TestFolder folder;
  Poly(few()).show(folder.path() / "poly.png");
  Functions(std::make_shared<FunctionsOptions>()).show(folder.path() / "functions.png");
  CHECK(std::filesystem::file_size(folder.path() / "poly.png") > 1000);
  CHECK(std::filesystem::file_size(folder.path() / "functions.png") > 500);
}
