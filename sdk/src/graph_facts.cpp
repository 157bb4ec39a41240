#include "graph_facts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "modhost/error.h"
#include "number_text.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

std::string between(const UnitGraph& graph, const UnitBlock& block) {
  return "the edges from '" + graph.groups[block.from].name + "' to '" +
         graph.groups[block.to].name + "'";
}

void check_shape_of(const UnitGraph& graph, const UnitBlock& block) {
  const auto groups = static_cast<int64_t>(graph.groups.size());
  check(block.from >= 0 && block.from < groups && block.to >= 0 && block.to < groups,
        ErrorCode::shape,
        "a block of edges leads from group " + std::to_string(block.from) + " to group " +
            std::to_string(block.to) + ", but the graph has groups 0 to " +
            std::to_string(groups - 1));
  const Tensor& weights = block.weights;
  const int64_t rows = graph.groups[block.to].units, columns = graph.groups[block.from].units;
  const bool fits = weights.defined() && weights.scalar_type() == torch::kDouble &&
                    weights.device().is_cpu() && weights.is_contiguous() && weights.dim() == 2 &&
                    weights.size(0) == rows && weights.size(1) == columns;
  if (fits) return;
  throw Error(ErrorCode::shape,
              between(graph, block) + " must be contiguous doubles on the CPU of shape [" +
                  std::to_string(rows) + ", " + std::to_string(columns) + "], not " +
                  (weights.defined() ? shape_text(weights) + " of " + weights.toString() : "none"));
}

[[noreturn]] void refuse_weights(const UnitGraph& graph, const UnitBlock& block) {
  const EdgeBlock edges = edges_of(block);
  const double* end = edges.values + edges.rows * edges.columns;
  const double* bad = std::find_if_not(
      edges.values, end, [](double weight) { return std::isfinite(weight) && weight >= 0; });
  const int64_t at = bad - edges.values;
  throw Error(ErrorCode::data, between(graph, block) + " have the weight " + shortest_text(*bad) +
                                   " at [" + std::to_string(at / edges.columns) + ", " +
                                   std::to_string(at % edges.columns) +
                                   "]; weights must be finite and not negative");
}

// Trees whose roots are the smallest unit of each set.
class Sets {
 public:
  explicit Sets(int64_t units) : parent_(static_cast<size_t>(units)) {
    std::iota(parent_.begin(), parent_.end(), int64_t{0});
  }
  int64_t root(int64_t unit) {
    while (parent_[unit] != unit) unit = parent_[unit] = parent_[parent_[unit]];
    return unit;
  }
  // Quick where `b` already hangs on `root_of_a`; returns the root of both.
  int64_t join(int64_t root_of_a, int64_t b) {
    if (parent_[b] == root_of_a) return root_of_a;
    const int64_t other = root(b);
    const int64_t both = std::min(root_of_a, other);
    parent_[root_of_a] = parent_[other] = parent_[b] = both;
    return both;
  }

 private:
  std::vector<int64_t> parent_;
};

}  // namespace

EdgeBlock edges_of(const UnitBlock& block) {
  return {block.weights.data_ptr<double>(), block.weights.size(0), block.weights.size(1)};
}

std::vector<int64_t> check_graph(const UnitGraph& graph) {
  std::vector<int64_t> edges;
  for (const UnitBlock& block : graph.blocks) {
    check_shape_of(graph, block);
    const EdgeBlock all = edges_of(block);
    int64_t positive = 0;
    if (!cluster_kernels().valid(all.values, all.rows * all.columns, &positive)) {
      refuse_weights(graph, block);
    }
    if (block.from == block.to) {
      for (int64_t i = 0; i < all.rows; ++i) positive -= all.values[i * all.columns + i] > 0;
    }
    edges.push_back(positive);
  }
  return edges;
}

void add_product(const UnitGraph& graph, const double* x, double* y) {
  const ClusterKernels& kernels = cluster_kernels();
  const std::vector<int64_t> first = graph.offsets();
  for (const UnitBlock& block : graph.blocks) {
    const EdgeBlock edges = edges_of(block);
    const int64_t row = first[block.to], column = first[block.from];
    if (block.to != block.from) {
      kernels.dense_edges(edges, x + row, x + column, y + row, y + column);
      continue;
    }
    std::vector<double> of_rows(static_cast<size_t>(edges.rows), 0);
    kernels.dense_edges(edges, x + row, x + row, of_rows.data(), y + row);
    for (int64_t i = 0; i < edges.rows; ++i) {
      y[row + i] += of_rows[i] - 2 * edges.values[i * edges.columns + i] * x[row + i];
    }
  }
}

Components components_of(const UnitGraph& graph) {
  const std::vector<int64_t> first = graph.offsets();
  Sets sets(first.back());
  for (const UnitBlock& block : graph.blocks) {
    const EdgeBlock edges = edges_of(block);
    for (int64_t i = 0; i < edges.rows; ++i) {
      const double* row = edges.values + i * edges.columns;
      int64_t root = sets.root(first[block.to] + i);
      for (int64_t j = 0; j < edges.columns; ++j) {
        if (row[j] > 0) root = sets.join(root, first[block.from] + j);
      }
    }
  }
  Components out;
  out.of.resize(static_cast<size_t>(first.back()));
  for (int64_t unit = 0; unit < first.back(); ++unit) {
    const int64_t root = sets.root(unit);
    out.of[unit] = root == unit ? out.count++ : out.of[root];
  }
  return out;
}

std::vector<int> sides_of(const UnitGraph& graph, const std::vector<int64_t>& edges) {
  std::vector<int> side(graph.groups.size(), -1);
  for (size_t start = 0; start < side.size(); ++start) {
    if (side[start] >= 0) continue;
    side[start] = 0;
    for (bool changed = true; changed;) {  // as many rounds as the longest path has groups
      changed = false;
      for (size_t b = 0; b < edges.size(); ++b) {
        if (edges[b] == 0) continue;
        int& from = side[graph.blocks[b].from];
        int& to = side[graph.blocks[b].to];
        if (from >= 0 && from == to) return {};
        if ((from >= 0) == (to >= 0)) continue;
        (from >= 0 ? to : from) = 1 - std::max(from, to);
        changed = true;
      }
    }
  }
  int64_t units[2] = {0, 0};
  for (size_t g = 0; g < side.size(); ++g) units[side[g]] += graph.groups[g].units;
  if (units[0] > units[1]) {
    for (int& one : side) one = 1 - one;
  }
  return side;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
