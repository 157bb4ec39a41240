// Correlations of units against SciPy, and the graph that they make.
#include <modhost/error.h>
#include <modhost/unit_activations.h>

#include <catch2/catch.hpp>

#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;

TEST_CASE("correlations are those of SciPy, with ties and a constant column", "[units]") {
  const auto truth = read_npz(std::string(MODHOST_TEST_DATA) + "/clusterability/correlations.npz");
  const Tensor values = array(truth, "values");  // [40, 6], the fifth constant
  const auto [kind, name] = GENERATE(table<Correlation, std::string>({
      {Correlation::pearson, "pearson"},
      {Correlation::spearman, "spearman"},
      {Correlation::kendall, "kendall"},
  }));
  CAPTURE(name);
  const Tensor own = correlations(values, kind);
  CHECK(largest(own, array(truth, name)) < 1e-12);
  CHECK(own.equal(own.t()));
  // Neither the size of the numbers nor their place matters.
  CHECK(largest(correlations(values * 1e200 + 1e199, kind), own) < 1e-9);
}

TEST_CASE("few samples have no or certain correlations", "[units]") {
  for (const auto kind : {Correlation::pearson, Correlation::spearman, Correlation::kendall}) {
    CHECK(correlations(torch::zeros({0, 3}), kind).equal(torch::zeros({3, 3}, torch::kDouble)));
    CHECK(correlations(torch::rand({1, 3}), kind).equal(torch::zeros({3, 3}, torch::kDouble)));
    const Tensor two = correlations(torch::tensor({{0., 1.}, {1., 0.}}), kind);
    CHECK(largest(two, torch::tensor({{1., -1.}, {-1., 1.}})) < 1e-12);
  }
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(correlations(torch::tensor({{0., kNan}, {1., 0.}}), Correlation::pearson),
                    Catch::Contains("not finite"));
}

TEST_CASE("a graph of correlations has each squared once", "[units]") {
  const Tensor a = torch::tensor({{1., 0.}, {2., 1.}, {3., 0.}, {4., 1.}}, torch::kDouble);
  const Tensor b = torch::tensor({{-1.}, {2.}, {0.}, {5.}}, torch::kDouble);
  const UnitGraph graph =
      correlation_graph({{"a", 2}, {"gap", 3}, {"b", 1}}, {a, Tensor(), b}, Correlation::pearson);
  const Tensor r = correlations(torch::cat({a, b}, 1), Correlation::pearson).square();
  const std::vector<double> degrees = graph.degrees();
  REQUIRE(degrees.size() == 6);
  const auto at = [&](int64_t i, int64_t j) { return r[i][j].item<double>(); };
  CHECK(degrees[0] == Approx(at(0, 1) + at(0, 2)));
  CHECK(degrees[1] == Approx(at(0, 1) + at(1, 2)));
  CHECK(degrees[3] == 0);
  CHECK(degrees[5] == Approx(at(0, 2) + at(1, 2)));
}
