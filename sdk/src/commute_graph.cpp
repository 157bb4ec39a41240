#include <ATen/ops/zeros.h>

#include <Eigen/Cholesky>

#include "dense_matrix.h"
#include "graph_facts.h"
#include "modhost/error.h"
#include "modhost/spectral.h"

namespace modhost {
inline namespace v1 {
namespace {

// Of one connected component: the pseudoinverse of D - A up to a constant that the distances of
// units do not see, (D - A + J / n)^-1 = pinv(D - A) + J / n.
Eigen::MatrixXd shifted_inverse(const Eigen::MatrixXd& adjacency, const std::vector<int>& units) {
  Eigen::MatrixXd laplacian = -adjacency(units, units);
  laplacian.diagonal() += adjacency(units, units).rowwise().sum();
  laplacian.array() += 1.0 / static_cast<double>(units.size());
  const auto size = static_cast<int64_t>(units.size());
  return laplacian.llt().solve(Eigen::MatrixXd::Identity(size, size));
}

Eigen::MatrixXd inverse_commute_times(const UnitGraph& graph) {
  const Eigen::MatrixXd adjacency = detail::dense_adjacency(graph, "the inverse commute time");
  const double volume = adjacency.sum();
  const detail::Components components = detail::components_of(graph);
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(adjacency.rows(), adjacency.cols());
  for (int64_t component = 0; component < components.count; ++component) {
    std::vector<int> units;
    for (size_t i = 0; i < components.of.size(); ++i) {
      if (components.of[i] == component) units.push_back(static_cast<int>(i));
    }
    const Eigen::MatrixXd inverse = shifted_inverse(adjacency, units);
    for (size_t i = 0; i < units.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        const double weight = volume / (inverse(i, i) + inverse(j, j) - 2 * inverse(i, j));
        out(units[i], units[j]) = out(units[j], units[i]) = weight;
      }
    }
  }
  return out;
}

}  // namespace

UnitGraph inverse_commute_graph(const UnitGraph& graph) {
  detail::check_graph(graph);
  const Eigen::MatrixXd times = inverse_commute_times(graph);
  const std::vector<int64_t> first = graph.offsets();
  UnitGraph out;
  out.groups = graph.groups;
  for (size_t to = 0; to < graph.groups.size(); ++to) {
    for (size_t from = 0; from <= to; ++from) {
      Tensor weights =
          torch::zeros({graph.groups[to].units, graph.groups[from].units}, torch::kDouble);
      auto* at = weights.data_ptr<double>();
      for (int64_t i = 0; i < graph.groups[to].units; ++i) {
        for (int64_t j = 0; j < graph.groups[from].units; ++j, ++at) {
          if (from < to || i > j) *at = times(first[to] + i, first[from] + j);  // each edge once
        }
      }
      out.blocks.push_back({static_cast<int64_t>(from), static_cast<int64_t>(to), weights});
    }
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
