// Products of |W| along paths: numbers of numpy, SciPy's Welch test, and cases by hand.
#include "edge_products.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost;
using namespace modhost_sculpting;

namespace {

Edges edges_of(size_t from, size_t to, const std::vector<double>& weights) {
  Edges out{from, to, {}};
  for (const double weight : weights) out.strength.push_back(std::abs(weight));
  return out;
}

// 3-4-3-2 units; `skip`: edges from the first hidden layer to the outputs, too.
Wired layers(bool skip) {
  Wired out;
  out.layers = {{"in", 3}, {"a", 4}, {"b", 3}, {"out", 2}};
  out.edges = {edges_of(0, 1, {2, -0.5, 2, 2, -2, 0.5, -0.5, 0.5, 1.5, 1, -2, 0}),
               edges_of(1, 2, {1.5, 2, -1.5, 1, -1, -1, -1.5, -0.5, 0.5, 2, -1.5, 2}),
               edges_of(2, 3, {1.5, 2, -1.5, -2, 0.5, 0})};
  if (skip) out.edges.push_back(edges_of(1, 3, {-1.5, 0.5, 0, 1.5, 1, -2, -2, -1}));
  return out;
}

std::vector<std::vector<int64_t>> counts(const Wired& wired, double share) {
  std::vector<std::vector<int64_t>> out;
  for (const Carriers& layer : carriers(wired, share)) out.push_back(layer.units);
  return out;
}

TrueModules two_parities() {
  TrueModules out;
  out.input_names = {"x0", "x1", "x2", "x3"};
  out.inputs = {0, 0, 1, 1};
  out.outputs = {0, 0, 1};
  out.functions = {{"y0", {"x0", "x1"}}, {"y1", {"y0"}}, {"y2", {"x2", "x3"}}};
  return out;
}

}  // namespace

TEST_CASE("products of layers are products of their matrices", "[products]") {
  CHECK(edge_products(layers(false)).values ==
        std::vector<double>{35.25, 20.125, 33.25, 17.125, 25.25, 14.875});
  CHECK(edge_products(layers(true)).values ==
        std::vector<double>{40.75, 28.125, 38.0, 24.625, 28.5, 20.875});
  CHECK(edge_products(layers(true)).at(1, 0) == 38.0);
}

TEST_CASE("how many units carry what reaches an output", "[products]") {
  // Passing the first layer: 22.5, 36, 18.75, 16.5 and 15.75, 20.25, 9.375, 6.75; the second:
  // 33.75, 28.5, 31.5 and 45, 7.125, 0.
  CHECK(counts(layers(false), 0.5) == std::vector<std::vector<int64_t>>{{2, 2}, {2, 1}});
  CHECK(counts(layers(false), 0.75) == std::vector<std::vector<int64_t>>{{3, 3}, {3, 1}});
  CHECK(counts(layers(false), 0.9) == std::vector<std::vector<int64_t>>{{4, 4}, {3, 2}});
  CHECK(counts(layers(false), 0) == std::vector<std::vector<int64_t>>{{0, 0}, {0, 0}});
  CHECK(counts(layers(false), 1) == std::vector<std::vector<int64_t>>{{4, 4}, {3, 2}});
  // What passes the second layer by does not count there.
  CHECK(counts(layers(true), 0.9) == std::vector<std::vector<int64_t>>{{4, 4}, {3, 2}});
  Wired cut = layers(false);
  cut.edges[1].strength.assign(12, 0);
  const auto none = carriers(cut, 0.9);
  CHECK(none[0].live == 0);
  CHECK(none[1].units == std::vector<int64_t>{0, 0});
  CHECK(carriers(layers(false), 0.9)[0].live == 4);
}

TEST_CASE("Welch's test is SciPy's", "[products]") {
  const std::vector<double> a{3, 2.5, 4.25, 3.5, 2.75}, b{1, 0.5, 2.25, 0};
  const auto above = welch_greater(a, b), below = welch_greater(b, a);
  REQUIRE(above);
  CHECK(above->t == Approx(3.9425536448408924).epsilon(1e-12));
  CHECK(above->freedom == Approx(5.310188895332627).epsilon(1e-12));
  CHECK(above->p == Approx(0.004850218756087583).epsilon(1e-9));
  CHECK(below->p == Approx(0.9951497812439124).epsilon(1e-9));
  // One side is the same everywhere, as unread inputs of pruned networks are.
  const auto zeros = welch_greater({1e-5, 3e-5, 2e-5}, {0, 0, 0, 0});
  REQUIRE(zeros);
  CHECK(zeros->t == Approx(3.4641016151377553));
  CHECK(zeros->p == Approx(0.03708995011372425));
  CHECK_FALSE(welch_greater({1, 1, 1}, {0, 0, 0}));
  CHECK_FALSE(welch_greater({1}, {0, 1, 2}));
  CHECK_FALSE(welch_greater({}, {}));
}

TEST_CASE("inputs that an output's function reads are told from the others", "[products]") {
  const auto reads = true_reads(two_parities());
  REQUIRE(reads);
  CHECK(*reads == Reads{{1, 1, 0}, {1, 1, 0}, {0, 0, 1}, {0, 0, 1}});
  Products products{4, 3, {5, 4, 0, 6, 5, 1, 0, 0, 7, 1, 0, 8}};
  const ProductTest test = test_products(products, *reads);
  CHECK(test.read == std::vector<double>{5, 4, 6, 5, 7, 8});
  CHECK(test.other == std::vector<double>{0, 1, 0, 0, 1, 0});
  REQUIRE(test.test);
  CHECK(test.test->p < 1e-3);
}

TEST_CASE("outputs are y0, y1, ... or what nobody reads", "[products]") {
  TrueModules truth = two_parities();
  truth.functions = {
      {"a", {"x0", "x1"}}, {"first", {"a"}}, {"second", {"a", "x2"}}, {"third", {"x3"}}};
  CHECK(true_reads(truth) == Reads{{1, 1, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}});
  truth.functions.pop_back();
  CHECK_FALSE(true_reads(truth));  // two functions for three outputs
  truth.functions.clear();
  CHECK_FALSE(true_reads(truth));
  // Functions that read each other in a circle end, too.
  truth.functions = {{"y0", {"y1"}}, {"y1", {"y0", "x0"}}, {"y2", {}}};
  CHECK(true_reads(truth) == Reads{{1, 1, 0}, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}});
}
