// Spectral clustering against dense LAPACK, scikit-learn and graphs whose answer is known.
#include "modhost/spectral.h"

#include <ATen/ops/full.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <set>
#include <thread>

#include "cluster_cases.h"
#include "modhost/clustering.h"
#include "modhost/error.h"

using namespace modhost;
using namespace modhost::testing;

namespace {

SpectralOptions of_clusters(int64_t clusters, EigenSolver solver = EigenSolver::automatic) {
  SpectralOptions out;
  out.clusters = clusters;
  out.solver = solver;
  return out;
}

// All eigenvalues of 1 - D^-1/2 A D^-1/2, ascending, by LAPACK.
std::vector<double> slow_eigenvalues(const UnitGraph& graph) {
  const Tensor a = adjacency_of(graph);
  const Tensor scale = a.sum(1).rsqrt();
  const Tensor values = torch::linalg_eigvalsh(torch::eye(a.size(0), torch::kDouble) -
                                               a * scale * scale.view({-1, 1}));
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

void check_eigenvalues(const std::vector<double>& seen, const std::vector<double>& expected,
                       size_t count) {
  REQUIRE(seen.size() == count);
  for (size_t i = 0; i < count; ++i) {
    INFO("eigenvalue " << i);
    CHECK(std::abs(seen[i] - expected[i]) <= 1e-9);
  }
}

// The columns of the points are eigenvectors: sqrt(D) x is of length 1, orthogonal to the others,
// and (D - A) x = lambda D x.
void check_points(const UnitGraph& graph, const SpectralEmbedding& embedding, int64_t clusters) {
  const Tensor a = adjacency_of(graph);
  const Tensor degrees = a.sum(1);
  const Tensor x = torch::tensor(embedding.points, torch::kDouble).view({-1, clusters});
  const Tensor u = x * degrees.sqrt().view({-1, 1});
  CHECK((u.t().mm(u) - torch::eye(clusters, torch::kDouble)).abs().max().item<double>() < 1e-8);
  const Tensor values = torch::tensor(embedding.eigenvalues, torch::kDouble).slice(0, 0, clusters);
  const Tensor residual =
      (x * degrees.view({-1, 1}) - a.mm(x) - x * degrees.view({-1, 1}) * values) /
      degrees.sqrt().view({-1, 1});
  CHECK(residual.abs().max().item<double>() < 1e-7);
  for (int64_t c = 0; c < clusters; ++c) {
    const Tensor column = x.select(1, c);
    CHECK(column[column.abs().argmax()].item<double>() > 0);
  }
}

Tensor blocks_of_ones(int64_t count, int64_t size, double between) {
  Tensor out = torch::full({count * size, count * size}, between, torch::kDouble);
  for (int64_t i = 0; i < count; ++i) {
    out.slice(0, i * size, (i + 1) * size).slice(1, i * size, (i + 1) * size).fill_(1);
  }
  return out;
}

std::string refusal(const UnitGraph& graph, const SpectralOptions& options, ErrorCode code) {
  try {
    spectral_clustering(graph, options);
  } catch (const Error& error) {
    CHECK(error.code() == code);
    return error.full();
  }
  FAIL("not refused");
  return "";
}

}  // namespace

TEST_CASE("eigenvalues of the reference networks are those of dense LAPACK", "[spectral]") {
  for (const ClusterCase& reference : cluster_cases()) {
    for (const EigenSolver solver :
         {EigenSolver::automatic, EigenSolver::bipartite, EigenSolver::lanczos}) {
      INFO(reference.name << ", solver " << static_cast<int>(solver));
      const auto found =
          spectral_embedding(reference.graph, of_clusters(reference.clusters, solver));
      check_eigenvalues(found.eigenvalues, reference.numbers("eig"),
                        static_cast<size_t>(reference.clusters) + 1);
      const std::vector<uint8_t> keep = reference.arrays.at("keep").values<uint8_t>();
      CHECK(found.kept == std::vector<bool>(keep.begin(), keep.end()));
      const std::vector<uint8_t> through = reference.arrays.at("keep_cc").values<uint8_t>();
      CHECK(kept_units(reference.graph, Isolated::component) ==
            std::vector<bool>(through.begin(), through.end()));
      const UnitGraph part = subgraph(reference.graph, found.kept);
      check_points(part, found, reference.clusters);
      const std::vector<double> degrees = reference.numbers("degree");
      REQUIRE(part.degrees().size() == degrees.size());
      for (size_t i = 0; i < degrees.size(); ++i) {
        CHECK(part.degrees()[i] == Approx(degrees[i]).epsilon(1e-6));
      }
    }
  }
}

// k-means makes the inertia small, not the n-cut: a seed of scikit-learn's can have a smaller n-cut
// than the best inertia has, so the plain clusterings are compared with its median.
TEST_CASE("n-cuts of the reference networks are as small as scikit-learn's", "[spectral]") {
  for (const ClusterCase& reference : cluster_cases()) {
    std::vector<double> seeds = reference.numbers("ncut_seeds");
    std::sort(seeds.begin(), seeds.end());
    double sum = 0;  // of the eigenvalues; no partition is below it
    for (int64_t i = 0; i < reference.clusters; ++i) sum += reference.numbers("eig")[i];
    for (uint64_t seed = 0; seed < 5; ++seed) {
      INFO(reference.name << ", seed " << seed);
      SpectralOptions options = of_clusters(reference.clusters);
      options.seed = seed;
      const SpectralClustering plain = spectral_clustering(reference.graph, options);
      CHECK(plain.ncut == Approx(slow_ncut(reference.graph, plain.labels)).margin(1e-12));
      CHECK(plain.ncut <= seeds[seeds.size() / 2] * 1.005 + 1e-9);
      CHECK(plain.ncut >= sum - 1e-9);
      options.refine = true;
      const SpectralClustering refined = spectral_clustering(reference.graph, options);
      CHECK(refined.ncut <= plain.ncut + 1e-12);
      CHECK(refined.ncut <= reference.least_ncut * 1.005 + 1e-9);
      CHECK(refined.ncut == Approx(slow_ncut(reference.graph, refined.labels)).margin(1e-12));
    }
  }
}

TEST_CASE("k-means of the reference points is as good as scikit-learn's", "[spectral]") {
  for (const ClusterCase& reference : cluster_cases()) {
    INFO(reference.name);
    const std::vector<double> points = reference.numbers("emb");
    const auto best = reference.arrays.at("labels_best").values<int32_t>();
    KMeansOptions options;
    options.clusters = reference.clusters;
    const PointsView view{points.data(), static_cast<int64_t>(best.size()), reference.clusters};
    const Tensor x = torch::tensor(points, torch::kDouble).view({view.count, view.dimensions});
    const Tensor labels = torch::tensor(std::vector<int64_t>(best.begin(), best.end()));
    double theirs = 0;
    for (int64_t k = 0; k < reference.clusters; ++k) {
      const Tensor mine = x.index({labels == k});
      if (mine.size(0) > 0) theirs += (mine - mine.mean(0)).square().sum().item<double>();
    }
    CHECK(k_means(view, options).inertia <= theirs * (1 + 1e-9) + 1e-25);
  }
}

TEST_CASE("planted clusters are found", "[spectral]") {
  int planted = 0;
  for (const ClusterCase& reference : cluster_cases()) {
    if (reference.arrays.count("planted") == 0) continue;
    INFO(reference.name);
    ++planted;
    const auto values = reference.arrays.at("planted").values<int32_t>();
    const UnitLabels expected(values.begin(), values.end());
    const auto found = spectral_clustering(reference.graph, of_clusters(reference.clusters));
    CHECK(found.ncut <= ncut(reference.graph, expected) + 1e-12);
    CHECK(normalized_mutual_information(found.labels, expected) > 0.9);
  }
  CHECK(planted == 2);
}

TEST_CASE("n-cuts worked out by hand and by the definition", "[spectral]") {
  // The two nets of the tests of Filan et al.'s code, labels in the order of the units.
  const UnitGraph small = layered_graph({torch::tensor({{12.0, -1.3}, {0.0, 7.4}}).t(),
                                         torch::tensor({{-8.9, 0.15}, {0.23, -5.7}}).t()});
  CHECK(ncut(small, {0, 1, 0, 1, 0, 1}) == Approx(0.0989).margin(5e-4));
  // cut = 1.3 + 0.15 + 0.23 of either cluster; each volume counts the edges inside twice
  const double cut = 1.3 + 0.15 + 0.23;
  CHECK(ncut(small, {0, 1, 0, 1, 0, 1}) ==
        Approx(cut / (2 * (12 + 8.9) + cut) + cut / (2 * (7.4 + 5.7) + cut)).epsilon(1e-6));
  const UnitGraph larger = layered_graph(
      {torch::tensor(
           {{5.4, .03, 0., 0.}, {0., 0., -.4, 5.5}, {-12., 0., 4.8, -.07}, {0., 6.3, .001, 7.}})
           .t(),
       torch::tensor(
           {{-13.3, -.4, 6., .1}, {.7, -8., 0., -5.8}, {7.4, .3, -15., 0.}, {0., 0., 0., -12.3}})
           .t()});
  CHECK(ncut(larger, {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0}) == Approx(0.0372).margin(1e-3));

  const UnitGraph random = random_layers({9, 17, 8, 5}, 0.4, 3);
  UnitLabels labels;
  for (int64_t i = 0; i < random.units(); ++i) labels.push_back(i * i % 7 % 5 - 1);
  CHECK(ncut(random, labels) == Approx(slow_ncut(random, labels)).epsilon(1e-12));
  const UnitGraph within = single_group(adjacency_of(random));
  CHECK(ncut(within, labels) == Approx(slow_ncut(random, labels)).epsilon(1e-12));
  CHECK(ncut(random, UnitLabels(labels.size(), 0)) == 0);
  CHECK(ncut(random, UnitLabels(labels.size(), kNoCluster)) == 0);
  CHECK_THROWS_AS(ncut(random, {0, 1}), Error);
  CHECK_THROWS_AS(ncut(random, UnitLabels(labels.size(), -2)), Error);
  UnitLabels wide(labels);  // clusters need not be numbered without gaps
  for (int64_t& label : wide) label = label < 0 ? label : int64_t{1} << (40 + label);
  CHECK(ncut(random, wide) == ncut(random, labels));
  CHECK(ncut(random, refine_ncut(random, wide)) == ncut(random, refine_ncut(random, labels)));
}

TEST_CASE("components have the eigenvalue 0 each, and clusters that cut nothing", "[spectral]") {
  // Three times the same graph: each eigenvalue occurs three times.
  const UnitGraph one = random_layers({6, 8, 5}, 1, 5);
  std::vector<Tensor> weights;
  for (const UnitBlock& block : one.blocks) {
    weights.push_back(torch::block_diag({block.weights, block.weights, block.weights}));
  }
  const UnitGraph three = layered_graph(weights);
  const std::vector<double> expected = slow_eigenvalues(three);
  for (const EigenSolver solver :
       {EigenSolver::bipartite, EigenSolver::lanczos, EigenSolver::dense}) {
    for (const int64_t clusters : {2, 3, 5, 8, 12}) {
      INFO(clusters << " clusters, solver " << static_cast<int>(solver));
      const auto found = spectral_embedding(three, of_clusters(clusters, solver));
      check_eigenvalues(found.eigenvalues, expected, static_cast<size_t>(clusters) + 1);
      check_points(three, found, clusters);
    }
  }
  CHECK(spectral_clustering(three, of_clusters(3)).ncut == 0);
  CHECK(spectral_clustering(three, of_clusters(2)).ncut == 0);
  CHECK(spectral_clustering(three, of_clusters(1)).ncut == 0);
}

TEST_CASE("few ranks, and as many clusters as units", "[spectral]") {
  // A complete graph between two sides: one eigenvalue 0, one 2, all others 1.
  const UnitGraph complete = layered_graph({torch::ones({7, 40}, torch::kDouble)});
  for (const EigenSolver solver :
       {EigenSolver::automatic, EigenSolver::lanczos, EigenSolver::dense}) {
    const auto found = spectral_embedding(complete, of_clusters(10, solver));
    check_eigenvalues(found.eigenvalues, std::vector<double>{0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 11);
    check_points(complete, found, 10);
  }
  const UnitGraph tiny = random_layers({2, 3, 2}, 1, 1);
  for (int64_t clusters = 1; clusters <= 7; ++clusters) {
    const auto found = spectral_embedding(tiny, of_clusters(clusters));
    check_eigenvalues(found.eigenvalues, slow_eigenvalues(tiny),
                      static_cast<size_t>(std::min<int64_t>(clusters + 1, 7)));
  }
  const SpectralClustering singles = spectral_clustering(tiny, of_clusters(7));
  CHECK(std::set<int64_t>(singles.labels.begin(), singles.labels.end()).size() == 7);
  CHECK(singles.ncut == Approx(7));
}

TEST_CASE("graphs that are not layered take the Lanczos algorithm", "[spectral]") {
  UnitGraph graph = random_layers({20, 15, 25}, 0.5, 8);
  graph.blocks.push_back({0, 2, random_layers({20, 25}, 0.5, 9).blocks[0].weights});  // a triangle
  const std::vector<double> expected = slow_eigenvalues(graph);
  for (const EigenSolver solver :
       {EigenSolver::automatic, EigenSolver::lanczos, EigenSolver::dense}) {
    const auto found = spectral_embedding(graph, of_clusters(5, solver));
    check_eigenvalues(found.eigenvalues, expected, 6);
    check_points(graph, found, 5);
  }
  CHECK(refusal(graph, of_clusters(5, EigenSolver::bipartite), ErrorCode::config).find("lanczos") !=
        std::string::npos);

  const UnitGraph planted = single_group(blocks_of_ones(4, 30, 0.02));
  const auto found = spectral_clustering(planted, of_clusters(4));
  UnitLabels expected_labels;
  for (int64_t i = 0; i < 120; ++i) expected_labels.push_back(i / 30);
  CHECK(normalized_mutual_information(found.labels, expected_labels) == 1);
  check_eigenvalues(spectral_embedding(planted, of_clusters(6)).eigenvalues,
                    slow_eigenvalues(planted), 7);
  CHECK(eigengap_clusters(spectral_embedding(planted, of_clusters(6)).eigenvalues, 6) == 4);

  const UnitGraph sparse = single_group(adjacency_of(random_layers({60, 50}, 0.1, 2)));
  SpectralOptions options = of_clusters(4);
  const auto thin = spectral_embedding(sparse, options);
  const UnitGraph part = subgraph(sparse, thin.kept);
  check_eigenvalues(thin.eigenvalues, slow_eigenvalues(part), 5);
  check_points(part, thin, 4);
}

TEST_CASE("units without edges, and components that lead nowhere, are left out", "[spectral]") {
  Tensor first = torch::zeros({4, 4}, torch::kDouble),
         second = torch::zeros({3, 4}, torch::kDouble);
  first[0][0] = first[1][1] = first[0][1] = second[0][0] = second[1][1] = 1;
  first[2][2] = 1;   // leads from the first group to nothing
  second[2][3] = 1;  // leads to the last group from nothing
  const UnitGraph graph = layered_graph({first, second});
  using Flags = std::vector<bool>;
  CHECK(kept_units(graph, Isolated::degree) ==
        Flags{true, true, true, false, true, true, true, true, true, true, true});
  CHECK(kept_units(graph, Isolated::component) ==
        Flags{true, true, false, false, true, true, false, false, true, true, false});
  SpectralOptions options = of_clusters(2);
  CHECK(spectral_clustering(graph, options).labels[3] == kNoCluster);
  options.isolated = Isolated::component;
  const UnitLabels labels = spectral_clustering(graph, options).labels;
  for (const size_t unit : {2, 3, 6, 7, 10}) CHECK(labels[unit] == kNoCluster);
  CHECK(std::count(labels.begin(), labels.end(), kNoCluster) == 5);
  options.clusters = 7;
  CHECK(refusal(graph, options, ErrorCode::config).find("only 6 of 11") != std::string::npos);
}

TEST_CASE("what cannot be clustered is refused in one line", "[spectral]") {
  UnitGraph graph = random_layers({5, 6}, 1, 1);
  for (const double bad : {std::nan(""), -0.5, std::numeric_limits<double>::infinity()}) {
    UnitGraph broken = graph;
    broken.blocks[0].weights = graph.blocks[0].weights.clone();
    broken.blocks[0].weights[4][3] = bad;
    const std::string text = refusal(broken, of_clusters(2), ErrorCode::data);
    CHECK(text.find("'0' to '1'") != std::string::npos);
    CHECK(text.find("[4, 3]") != std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
    CHECK_THROWS_AS(ncut(broken, UnitLabels(11, 0)), Error);
    CHECK_THROWS_AS(kept_units(broken, Isolated::degree), Error);
  }
  UnitGraph turned = graph;
  turned.blocks[0].weights = torch::ones({5, 6}, torch::kDouble);
  refusal(turned, of_clusters(2), ErrorCode::shape);
  turned.blocks[0].weights = torch::ones({6, 5}, torch::kFloat);
  refusal(turned, of_clusters(2), ErrorCode::shape);
  turned.blocks[0] = {0, 7, torch::ones({6, 5}, torch::kDouble)};
  refusal(turned, of_clusters(2), ErrorCode::shape);
  refusal(graph, of_clusters(0), ErrorCode::config);
  refusal(graph, of_clusters(12), ErrorCode::config);
  refusal(layered_graph({torch::zeros({6, 5}, torch::kDouble)}), of_clusters(2), ErrorCode::config);
  refusal(UnitGraph{}, of_clusters(2), ErrorCode::config);
  refusal(layered_graph({torch::full({6, 5}, 1e308, torch::kDouble)}), of_clusters(2),
          ErrorCode::data);
}

TEST_CASE("refinement finds what k-means of the points misses", "[spectral]") {
  const UnitGraph planted = single_group(blocks_of_ones(3, 10, 0.1));
  UnitLabels truth, labels;
  for (int64_t i = 0; i < 30; ++i) truth.push_back(i / 10);
  labels = truth;
  std::swap(labels[0], labels[12]);
  labels[25] = 0;
  labels[7] = kNoCluster;
  const UnitLabels refined = refine_ncut(planted, labels);
  truth[7] = kNoCluster;
  CHECK(refined == truth);
}

TEST_CASE("the same graph and seed give the same bits from many threads", "[spectral]") {
  const UnitGraph graph = random_layers({120, 90, 70, 10}, 0.6, 4);
  const SpectralOptions options = of_clusters(4);
  const SpectralClustering expected = spectral_clustering(graph, options);
  std::vector<std::thread> threads;
  std::vector<int> same(4, 0);
  for (int& one : same) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        const SpectralClustering found = spectral_clustering(graph, options);
        one += found.labels == expected.labels && found.ncut == expected.ncut &&
               found.eigenvalues == expected.eigenvalues;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(same == std::vector<int>(4, 5));
}

TEST_CASE("inverse commute times are those of the pseudoinverse", "[spectral]") {
  const UnitGraph graph = random_layers({7, 9, 6}, 0.9, 6);
  const Tensor a = adjacency_of(graph);
  const Tensor laplacian = torch::diag(a.sum(1)) - a;
  const Tensor inverse = torch::linalg_pinv(laplacian);
  const Tensor diagonal = torch::diagonal(inverse);
  Tensor expected = a.sum() / (diagonal.view({-1, 1}) + diagonal.view({1, -1}) - 2 * inverse);
  expected.fill_diagonal_(0);
  const UnitGraph commute = inverse_commute_graph(graph);
  CHECK((adjacency_of(commute) - expected).abs().max().item<double>() <
        1e-9 * expected.max().item<double>());
  CHECK(spectral_clustering(commute, of_clusters(3)).ncut > 0);
}

// A walk takes vol R to go and come back, R the resistance when weights are conductances (Chandra
// et al. 1989): in a row of edges 2 and 3 vol = 10 and R = 1/2, 1/3, and 1/2 + 1/3 end to end.
TEST_CASE("inverse commute times of a row and of two parts by hand", "[spectral]") {
  Tensor first = torch::zeros({2, 2}, torch::kDouble),
         second = torch::zeros({2, 2}, torch::kDouble);
  first[0][0] = 2;
  second[0][0] = 3;
  first[1][1] = 5;  // a part of its own: vol counts the whole graph, 20 then
  const Tensor found = adjacency_of(inverse_commute_graph(layered_graph({first, second})));
  const auto between = [&](int64_t i, int64_t j) { return found[i][j].item<double>(); };
  constexpr double kVolume = 2 * (2 + 3 + 5);
  CHECK(between(0, 2) == Approx(kVolume * 2));
  CHECK(between(2, 4) == Approx(kVolume * 3));
  CHECK(between(0, 4) == Approx(kVolume / (1.0 / 2 + 1.0 / 3)));
  CHECK(between(1, 3) == Approx(kVolume * 5));
  for (const int64_t other : {0, 2, 4}) CHECK(between(1, other) == 0);
  CHECK(found[5].sum().item<double>() == 0);
}

TEST_CASE("the largest gap of eigenvalues tells the clusters", "[spectral]") {
  CHECK(eigengap_clusters({0, 0.1, 0.2, 0.8, 0.9}, 4) == 3);
  CHECK(eigengap_clusters({0, 0.1, 0.2, 0.8, 0.9}, 2) == 1);
  CHECK(eigengap_clusters({0, 0.5}, 9) == 1);
  CHECK_THROWS_AS(eigengap_clusters({0}, 3), Error);
}
