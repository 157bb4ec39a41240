#include "dense_matrix.h"

#include "graph_facts.h"
#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace detail {

Eigen::MatrixXd dense_adjacency(const UnitGraph& graph, const std::string& what) {
  const std::vector<int64_t> first = graph.offsets();
  check(first.back() <= kMostDenseUnits, ErrorCode::config,
        what + " needs a matrix of all pairs of units, and " + std::to_string(first.back()) +
            " units are more than the " + std::to_string(kMostDenseUnits) + " it is made for");
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(first.back(), first.back());
  for (const UnitBlock& block : graph.blocks) {
    const EdgeBlock edges = edges_of(block);
    for (int64_t i = 0; i < edges.rows; ++i) {
      for (int64_t j = 0; j < edges.columns; ++j) {
        if (block.from == block.to && i == j) continue;
        const double weight = edges.values[i * edges.columns + j];
        out(first[block.to] + i, first[block.from] + j) += weight;
        out(first[block.from] + j, first[block.to] + i) += weight;
      }
    }
  }
  return out;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
