#include <algorithm>
#include <cmath>
#include <numeric>

#include "dense_spectrum.h"
#include "graph_facts.h"
#include "lanczos.h"
#include "modhost/error.h"
#include "modhost/random.h"
#include "modhost/spectral.h"
#include "normalized_graph.h"

namespace modhost {
inline namespace v1 {
namespace {

using detail::Eigenpairs;

// Singular values below this give no direction on the other side.
constexpr double kNoSingular = 1e-4;

// Vectors [units] of eigenvalues of N = 1 - L, in descending order.
class Embedder {
 public:
  Embedder(const UnitGraph& graph, const std::vector<int64_t>& edges, std::vector<double> degrees,
           const SpectralOptions& options)
      : graph_(graph),
        edges_(edges),
        degrees_(std::move(degrees)),
        scale_(degrees_),
        units_(static_cast<int64_t>(degrees_.size())),
        wanted_(std::min(units_, options.clusters + 1)),
        options_(options) {
    for (double& value : scale_) value = 1 / std::sqrt(value);
  }

  Eigenpairs pairs() {
    if (options_.solver == EigenSolver::dense) {
      return detail::dense_eigenpairs(graph_, scale_, wanted_);
    }
    Eigenpairs out = of_components();
    components_ = static_cast<int64_t>(out.values.size());
    const auto missing = wanted_ - static_cast<int64_t>(out.values.size());
    if (missing == 0) return out;
    Eigenpairs others = by_solver(out, missing);
    for (size_t i = 0; i < others.values.size(); ++i) {
      out.values.push_back(others.values[i]);
      out.vectors.push_back(std::move(others.vectors[i]));
    }
    return out;
  }

  // How many of the first pairs are of a component each, as far as that was looked at.
  int64_t components() const { return components_; }

 private:
  // Each component has the eigenvalue 1 of N, with sqrt(D) on its units: no need to search for it.
  // The greatest ones, when there are more than needed.
  Eigenpairs of_components() const {
    const detail::Components components = detail::components_of(graph_);
    std::vector<double> volumes(static_cast<size_t>(components.count), 0);
    for (int64_t i = 0; i < units_; ++i) volumes[components.of[i]] += degrees_[i];
    std::vector<int64_t> order(volumes.size());
    std::iota(order.begin(), order.end(), int64_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return volumes[a] > volumes[b]; });
    order.resize(static_cast<size_t>(std::min(wanted_, components.count)));
    Eigenpairs out;
    for (const int64_t component : order) {
      std::vector<double> vector(static_cast<size_t>(units_), 0);
      for (int64_t i = 0; i < units_; ++i) {
        if (components.of[i] == component) {
          vector[i] = std::sqrt(degrees_[i] / volumes[component]);
        }
      }
      out.values.push_back(1);
      out.vectors.push_back(std::move(vector));
    }
    return out;
  }

  Eigenpairs by_solver(const Eigenpairs& known, int64_t missing) const {
    if (options_.solver != EigenSolver::lanczos) {
      const std::vector<int> side = detail::sides_of(graph_, edges_);
      check(!side.empty() || options_.solver == EigenSolver::automatic, ErrorCode::config,
            "the eigenvalue solver 'bipartite' needs groups of units in two sides with no edges "
            "within a side, and this graph has a circle of an odd number of groups",
            "take 'lanczos'");
      if (!side.empty()) {
        Eigenpairs out = bipartite(side, known, missing);
        if (static_cast<int64_t>(out.values.size()) == missing) return out;
      }
    }
    return whole(known, missing);
  }

  // The k largest singular values of the part between the sides are the k largest eigenvalues.
  // Nothing when there are too few that are not 0.
  Eigenpairs bipartite(const std::vector<int>& side, const Eigenpairs& known,
                       int64_t missing) const {
    const detail::Normalized matrix{graph_, scale_, edges_};
    const detail::TwoSides sides(matrix, side);
    std::vector<double> large(static_cast<size_t>(sides.units(1)));
    detail::LanczosProblem problem;
    problem.size = sides.units(0);
    problem.wanted = missing;
    problem.seed = derive_seed(options_.seed, "eigenvectors");
    problem.product = [&](const double* x, double* y) { sides.product(x, y, large.data()); };
    for (const std::vector<double>& vector : known.vectors) {
      std::vector<double> small(static_cast<size_t>(detail::padded(problem.size)), 0);
      for (int64_t i = 0; i < problem.size; ++i) {
        small[i] = std::sqrt(2.0) * vector[sides.numbers(0)[i]];
      }
      problem.known.vectors.push_back(std::move(small));
    }
    const Eigenpairs found = detail::largest_eigenpairs(problem);
    Eigenpairs out;
    for (const std::vector<double>& small : found.vectors) {
      std::vector<double> product(small.size());
      sides.product(small.data(), product.data(), large.data());
      const double singular =
          std::sqrt(detail::cluster_kernels().dot(large.data(), large.data(), sides.units(1)));
      if (singular < kNoSingular) break;
      std::vector<double> both(static_cast<size_t>(units_));
      for (int64_t i = 0; i < sides.units(0); ++i) {
        both[sides.numbers(0)[i]] = small[i] * std::sqrt(0.5);
      }
      for (int64_t i = 0; i < sides.units(1); ++i) {
        both[sides.numbers(1)[i]] = large[i] * (std::sqrt(0.5) / singular);
      }
      out.values.push_back(singular);
      out.vectors.push_back(std::move(both));
    }
    return out;
  }

  Eigenpairs whole(const Eigenpairs& known, int64_t missing) const {
    const detail::Normalized matrix{graph_, scale_, edges_};
    const detail::WholeGraph all(matrix);
    detail::LanczosProblem problem;
    problem.size = units_;
    problem.wanted = missing;
    problem.seed = derive_seed(options_.seed, "eigenvectors");
    problem.product = [&](const double* x, double* y) { all.product(x, y); };
    problem.known = known;
    for (auto& vector : problem.known.vectors) {
      vector.resize(static_cast<size_t>(detail::padded(units_)), 0);
    }
    return detail::largest_eigenpairs(problem);
  }

  const UnitGraph& graph_;
  const std::vector<int64_t>& edges_;
  std::vector<double> degrees_, scale_;
  int64_t units_, wanted_, components_ = 0;
  const SpectralOptions& options_;
};

// Column `dimension` of points [units, dimensions]. That of a component has exactly one value there
// and 0 elsewhere.
void place(const std::vector<double>& vector, const std::vector<double>& degrees, bool component,
           size_t dimension, size_t dimensions, std::vector<double>& points) {
  double greatest = 0;
  for (size_t i = 0; i < degrees.size(); ++i) {
    double value = vector[i] / std::sqrt(degrees[i]);
    if (component && value != 0 && greatest != 0) value = greatest;
    points[i * dimensions + dimension] = value;
    if (std::abs(value) > std::abs(greatest)) greatest = value;
  }
  if (greatest >= 0) return;
  for (size_t i = 0; i < degrees.size(); ++i) points[i * dimensions + dimension] *= -1;
}

void check_options(const SpectralOptions& options, int64_t kept, int64_t units) {
  check(options.clusters >= 1 && options.restarts >= 0, ErrorCode::config,
        "spectral clustering was asked for " + std::to_string(options.clusters) + " clusters and " +
            std::to_string(options.restarts) + " restarts; it needs 1 or more, and 0 or more");
  if (options.clusters <= kept) return;
  throw Error(ErrorCode::config,
              std::to_string(options.clusters) + " clusters were asked for, but only " +
                  std::to_string(kept) + " of " + std::to_string(units) +
                  " units have edges that count",
              kept > 0 ? "ask for " + std::to_string(kept) + " or fewer" : "");
}

SpectralEmbedding embed(const UnitGraph& graph, std::vector<int64_t> edges,
                        std::vector<double> degrees, const SpectralOptions& options) {
  SpectralEmbedding out;
  const std::vector<double> of_units = degrees;
  Embedder embedder(graph, edges, std::move(degrees), options);
  const Eigenpairs pairs = embedder.pairs();
  const auto dimensions = static_cast<size_t>(options.clusters);
  out.points.resize(of_units.size() * dimensions);
  for (size_t i = 0; i < pairs.values.size(); ++i) {
    out.eigenvalues.push_back(1 - pairs.values[i]);
    if (i >= dimensions) continue;
    const bool component = i < static_cast<size_t>(embedder.components());
    place(pairs.vectors[i], of_units, component, i, dimensions, out.points);
  }
  return out;
}

std::vector<double> degrees_of(const UnitGraph& graph) {
  std::vector<double> out(static_cast<size_t>(graph.units()), 0);
  detail::add_product(graph, std::vector<double>(out.size(), 1).data(), out.data());
  for (const double degree : out) {
    check(std::isfinite(degree), ErrorCode::data,
          "the weights of the edges are too large: their sums are not finite", "scale them down");
  }
  return out;
}

}  // namespace

SpectralEmbedding spectral_embedding(const UnitGraph& graph, const SpectralOptions& options) {
  std::vector<int64_t> edges = detail::check_graph(graph);
  std::vector<double> degrees = degrees_of(graph);
  std::vector<bool> kept(degrees.size());
  if (options.isolated == Isolated::degree) {
    for (size_t i = 0; i < kept.size(); ++i) kept[i] = degrees[i] > 0;
  } else {
    kept = kept_units(graph, options.isolated);
  }
  const auto count = std::count(kept.begin(), kept.end(), true);
  check_options(options, count, graph.units());
  SpectralEmbedding out;
  if (count == graph.units()) {
    out = embed(graph, std::move(edges), std::move(degrees), options);
  } else {
    const UnitGraph part = subgraph(graph, kept);
    out = embed(part, detail::check_graph(part), degrees_of(part), options);
  }
  out.kept = std::move(kept);
  return out;
}

}  // namespace v1
}  // namespace modhost
