// Null models move weights about, and keep what they say that they keep.
#include "nulls.h"

#include <modhost/random.h>
#include <modhost/significance.h>
#include <modhost/spectral.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost;
using namespace modhost_spectral;

namespace {

// A layered graph; `sparse`: so many entries of ten are 0. `scale`: deviation of the logarithms of
// the units' scales.
UnitGraph layered(const std::vector<int64_t>& widths, int sparse, double scale, uint64_t seed) {
  RandomStream random(seed);
  UnitGraph graph;
  for (const int64_t width : widths) graph.groups.push_back({"layer", width});
  for (size_t i = 0; i + 1 < widths.size(); ++i) {
    const int64_t rows = widths[i + 1], columns = widths[i];
    std::vector<double> of_rows, of_columns;
    for (int64_t r = 0; r < rows; ++r) of_rows.push_back(std::exp(scale * random.normal()));
    for (int64_t c = 0; c < columns; ++c) of_columns.push_back(std::exp(scale * random.normal()));
    Tensor weights = torch::zeros({rows, columns}, torch::kDouble);
    auto* values = weights.data_ptr<double>();
    for (int64_t at = 0; at < rows * columns; ++at) {
      if (static_cast<int>(random.below(10)) < sparse) continue;
      values[at] = std::abs(random.normal()) * of_rows[static_cast<size_t>(at / columns)] *
                   of_columns[static_cast<size_t>(at % columns)];
    }
    graph.blocks.push_back({static_cast<int64_t>(i), static_cast<int64_t>(i + 1), weights});
  }
  return graph;
}

std::vector<double> sorted(const Tensor& tensor) {
  std::vector<double> out(tensor.data_ptr<double>(), tensor.data_ptr<double>() + tensor.numel());
  std::sort(out.begin(), out.end());
  return out;
}

bool same(const UnitGraph& a, const UnitGraph& b) {
  for (size_t i = 0; i < a.blocks.size(); ++i) {
    if (!torch::equal(a.blocks[i].weights, b.blocks[i].weights)) return false;
  }
  return true;
}

double worst(const Tensor& a, const Tensor& b) {
  return ((a - b).abs() / (b.abs() + 1e-12)).max().item<double>();
}

constexpr NullModel kAll[] = {NullModel::all,
                              NullModel::nonzero,
                              NullModel::nonzero_distribution,
                              NullModel::all_distribution,
                              NullModel::degree,
                              NullModel::unit_scale};

}  // namespace

TEST_CASE("a null graph depends on its seed alone and leaves the graph as it was", "[nulls]") {
  const UnitGraph graph = layered({6, 8, 5}, 4, 0.5, 1);
  const UnitGraph before = layered({6, 8, 5}, 4, 0.5, 1);
  for (const NullModel model : kAll) {
    CHECK(same(null_graph(graph, model, 7), null_graph(graph, model, 7)));
    CHECK(!same(null_graph(graph, model, 7), null_graph(graph, model, 8)));
    CHECK(!same(null_graph(graph, model, 7), graph));
  }
  CHECK(same(graph, before));
}

TEST_CASE("shuffles keep the weights of each layer, and nonzero their places", "[nulls]") {
  const UnitGraph graph = layered({6, 8, 5}, 4, 0, 2);
  const UnitGraph all = null_graph(graph, NullModel::all, 3);
  const UnitGraph nonzero = null_graph(graph, NullModel::nonzero, 3);
  for (size_t i = 0; i < graph.blocks.size(); ++i) {
    const Tensor& own = graph.blocks[i].weights;
    CHECK(sorted(all.blocks[i].weights) == sorted(own));
    CHECK(sorted(nonzero.blocks[i].weights) == sorted(own));
    CHECK(torch::equal(nonzero.blocks[i].weights > 0, own > 0));
    CHECK(!torch::equal(all.blocks[i].weights > 0, own > 0));
  }
}

TEST_CASE("an entry comes to every place equally often", "[nulls]") {
  UnitGraph graph;
  graph.groups = {{"a", 2}, {"b", 2}};
  graph.blocks = {{0, 1, torch::tensor({{1.0, 2.0}, {3.0, 4.0}}, torch::kDouble)}};
  Tensor sum = torch::zeros({2, 2}, torch::kDouble);
  constexpr int kDraws = 4000;
  for (uint64_t seed = 0; seed < kDraws; ++seed) {
    sum += null_graph(graph, NullModel::all, seed).blocks[0].weights;
  }
  // The mean of 1..4 is 2.5, its standard error 0.018.
  CHECK((sum / kDraws - 2.5).abs().max().item<double>() < 0.08);
}

TEST_CASE("smoothed distributions draw weights near those that are there", "[nulls]") {
  const UnitGraph graph = layered({6, 8}, 4, 0, 4);
  const Tensor& own = graph.blocks[0].weights;
  const Tensor drawn = null_graph(graph, NullModel::nonzero_distribution, 5).blocks[0].weights;
  CHECK(torch::equal(drawn > 0, own > 0));
  const std::vector<double> there = sorted(own);
  for (const double value : sorted(drawn)) {
    double nearest = 1e9;
    for (const double other : there) nearest = std::min(nearest, std::abs(other - value));
    CHECK(nearest < 0.06);  // six deviations of the kernel
  }
  // All weights equal: what is drawn differs by the kernel alone.
  UnitGraph even = layered({50, 80}, 0, 0, 4);
  even.blocks[0].weights.fill_(2);
  const Tensor noise = null_graph(even, NullModel::nonzero_distribution, 5).blocks[0].weights - 2;
  CHECK(noise.std().item<double>() == Approx(0.01).epsilon(0.05));  // standard error 1.1 %
  CHECK(std::abs(noise.mean().item<double>()) < 0.0008);
  const Tensor moved = null_graph(graph, NullModel::all_distribution, 5).blocks[0].weights;
  CHECK(!torch::equal(moved > 0, own > 0));
  CHECK((moved > 0).sum().item<int64_t>() == (own > 0).sum().item<int64_t>());
}

TEST_CASE("degree keeps the sum of every unit's weights in each layer", "[nulls]") {
  for (const double deviation : {0.2, 1.0}) {
    const UnitGraph graph = layered({40, 30, 20}, 0, deviation, 6);
    const UnitGraph null = null_graph(graph, NullModel::degree, 7);
    for (size_t i = 0; i < graph.blocks.size(); ++i) {
      const Tensor &own = graph.blocks[i].weights, &other = null.blocks[i].weights;
      CHECK(worst(other.sum(0), own.sum(0)) < 1e-8);
      CHECK(worst(other.sum(1), own.sum(1)) < (deviation < 0.5 ? 1e-8 : 0.5));
    }
  }
}

TEST_CASE("degree moves the weights of a sparse layer and keeps how many a unit has", "[nulls]") {
  const UnitGraph graph = layered({30, 20}, 7, 1, 6);
  const Tensor own = graph.blocks[0].weights > 0;
  const Tensor other = null_graph(graph, NullModel::degree, 7).blocks[0].weights > 0;
  CHECK(torch::equal(own.sum(0), other.sum(0)));
  CHECK(torch::equal(own.sum(1), other.sum(1)));
  // As often in the same place as a random sparse layer of this density, not more.
  const double kept =
      torch::logical_and(own, other).sum().item<double>() / own.sum().item<double>();
  CHECK(kept < 0.45);
}

TEST_CASE("every null model of a sparse graph is a graph", "[nulls]") {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    const UnitGraph graph = layered({40, 50, 50, 10}, 9, 2, seed);
    for (const NullModel model : kAll) {
      for (const UnitBlock& block : null_graph(graph, model, seed).blocks) {
        CHECK(torch::isfinite(block.weights).all().item<bool>());
        CHECK(block.weights.min().item<double>() >= 0);
      }
    }
  }
}

TEST_CASE("null models bear layers without weights and without units", "[nulls]") {
  UnitGraph graph = layered({6, 8, 5, 7}, 3, 0.5, 1);
  graph.blocks[1].weights.zero_();
  graph.blocks[2].weights.zero_();
  const UnitGraph kept = subgraph(graph, kept_units(graph, Isolated::degree));
  REQUIRE(kept.groups[2].units == 0);
  for (const NullModel model : kAll) {
    for (const UnitGraph& one : {null_graph(graph, model, 2), null_graph(kept, model, 2)}) {
      CHECK(one.blocks[0].weights.sum().item<double>() > 0);
      CHECK(one.blocks[1].weights.sum().item<double>() == 0);
      CHECK(spectral_clustering(one, {}).labels.size() == static_cast<size_t>(one.units()));
    }
  }
}

TEST_CASE("unit_scale gives back the scales that it took out", "[nulls]") {
  // With scales alone and equal weights nothing is left to shuffle.
  const Tensor rows = torch::tensor({0.1, 1.0, 10.0}, torch::kDouble);
  const Tensor columns = torch::tensor({3.0, 0.2, 1.0, 7.0}, torch::kDouble);
  UnitGraph graph;
  graph.groups = {{"a", 4}, {"b", 3}};
  graph.blocks = {{0, 1, torch::outer(rows, columns).contiguous()}};
  const UnitGraph null = null_graph(graph, NullModel::unit_scale, 1);
  CHECK(worst(null.blocks[0].weights, graph.blocks[0].weights) < 1e-8);

  const UnitGraph sparse = layered({12, 9}, 5, 1, 8);
  const UnitGraph moved = null_graph(sparse, NullModel::unit_scale, 1);
  CHECK(torch::equal(moved.blocks[0].weights > 0, sparse.blocks[0].weights > 0));
}

TEST_CASE("units of very different scale make only a plain shuffle cluster better", "[nulls]") {
  const UnitGraph graph = layered({40, 30, 30, 10}, 0, 2, 9);
  SpectralOptions options;
  const double own = spectral_clustering(graph, options).ncut;
  const auto against = [&](NullModel model) {
    std::vector<double> drawn;
    for (uint64_t seed = 0; seed < 19; ++seed) {
      drawn.push_back(spectral_clustering(null_graph(graph, model, seed), options).ncut);
    }
    return compare_with_null(own, drawn);
  };
  CHECK(against(NullModel::all).p_below == 1);
  for (const NullModel model : {NullModel::degree, NullModel::unit_scale}) {
    CHECK(against(model).p_below < 1);
    CHECK(against(model).p_above < 1);
  }
}

TEST_CASE("p of networks without structure is even where null models keep scales", "[nulls]") {
  SpectralOptions options;
  const auto mean_p = [&](int sparse, double deviation, NullModel model) {
    double sum = 0;
    constexpr int kNetworks = 12, kDraws = 9;
    for (uint64_t network = 0; network < kNetworks; ++network) {
      const UnitGraph graph = layered({60, 40, 40, 10}, sparse, deviation, 100 + network);
      const UnitGraph kept = subgraph(graph, kept_units(graph, Isolated::degree));
      std::vector<double> drawn;
      for (uint64_t seed = 0; seed < kDraws; ++seed) {
        drawn.push_back(spectral_clustering(null_graph(kept, model, seed), options).ncut);
      }
      sum += compare_with_null(spectral_clustering(kept, options).ncut, drawn).p_below;
    }
    return sum / kNetworks;
  };
  // The mean of 12 even p has the standard error 0.08 around 0.55.
  for (const double deviation : {0.0, 1.0, 2.0}) {
    for (const int sparse : {0, 5, 9}) {
      INFO(deviation << " " << sparse);
      const double of_scales = mean_p(sparse, deviation, NullModel::unit_scale);
      CHECK(of_scales > 0.3);
      CHECK(of_scales < 0.8);
      CHECK(mean_p(sparse, deviation, NullModel::degree) < 0.85);
    }
  }
  CHECK(mean_p(5, 2, NullModel::all) > 0.9);
  CHECK(mean_p(5, 2, NullModel::nonzero) > 0.9);
}

TEST_CASE("Sinkhorn's scales give the sums that are asked for", "[nulls]") {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6};
  const Scales scales = sinkhorn(values, {10, 20}, {6, 9, 15});
  for (size_t i = 0; i < 2; ++i) {
    double sum = 0;
    for (size_t j = 0; j < 3; ++j) sum += values[i * 3 + j] * scales.rows[i] * scales.columns[j];
    CHECK(sum == Approx(i == 0 ? 10 : 20));
  }
  // Zeros where the sums need weights: bounded all the same.
  const Scales hopeless = sinkhorn({1, 0, 0, 1}, {1, 3}, {2, 2});
  CHECK(std::isfinite(hopeless.rows[0] * hopeless.columns[0]));
  CHECK(hopeless.rows[1] * hopeless.columns[1] == Approx(2));
  const Scales dead = sinkhorn({0, 0, 1, 1}, {0, 2}, {1, 1});
  CHECK(dead.rows[0] == 0);
  CHECK(std::isfinite(dead.rows[1]));
}

TEST_CASE("kernels are shuffled weight by weight, and their scales among themselves", "[nulls]") {
  UnitNetwork network;
  network.groups = {{"a", 3}, {"b", 4}};
  UnitKernel kernel;
  kernel.from = 0;
  kernel.to = 1;
  kernel.weights = torch::arange(4 * 3 * 9, torch::kFloat).view({4, 3, 9});
  kernel.rows = kernel.columns = 3;
  UnitScale scale;
  scale.parameter = "norm.weight";
  scale.gamma = torch::tensor({1.0F, 2.0F, 3.0F, 4.0F});
  scale.variance = torch::tensor({5.0F, 6.0F, 7.0F, 8.0F});
  kernel.scales = {scale};
  network.kernels = {kernel, kernel};
  const UnitNetwork null = null_network(network, NullModel::all, 3);
  const Tensor& weights = null.kernels[0].weights;
  CHECK(weights.sizes() == kernel.weights.sizes());
  CHECK(!torch::equal(weights, kernel.weights));
  CHECK(torch::equal(std::get<0>(weights.flatten().sort()), kernel.weights.flatten()));
  const Tensor gamma = null.kernels[0].scales[0].gamma;
  CHECK(torch::equal(std::get<0>(gamma.sort()), scale.gamma));
  CHECK(torch::equal(gamma, null.kernels[1].scales[0].gamma));  // one normalisation, one shuffle
  CHECK_THROWS(null_network(network, NullModel::degree, 3));
}

TEST_CASE("correlations change places among all pairs of units", "[nulls]") {
  UnitGraph graph;
  graph.groups = {{"a", 3}, {"b", 2}};
  const Tensor within = torch::zeros({3, 3}, torch::kDouble);
  within[1][0] = 0.1;
  within[0][2] = 0.2;  // above the diagonal
  within[2][1] = 0.3;
  graph.blocks = {{0, 0, within},
                  {0, 1, torch::tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}, torch::kDouble)}};
  const double total = 21.6;
  bool crossed = false;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const UnitGraph null = null_pairs(graph, seed);
    const Tensor &own = null.blocks[0].weights, &between = null.blocks[1].weights;
    CHECK(own.sum().item<double>() + between.sum().item<double>() == Approx(total));
    CHECK(own.triu(1).sum().item<double>() == 0);
    crossed = crossed || own.max().item<double>() > 0.5;
  }
  CHECK(crossed);
  CHECK(within[0][2].item<double>() == 0.2);
}
