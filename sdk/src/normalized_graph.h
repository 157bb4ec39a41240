// Products with the normalized adjacency matrix N = D^-1/2 A D^-1/2 of a graph whose units all have
// edges, stored as its density makes quicker.
#pragma once

#include <cstdint>
#include <vector>

#include "cluster_kernels.h"
#include "modhost/unit_graph.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Below this share of places with an edge, lists of edges are quicker than rows of weights.
constexpr double kSparse = 0.25;

// `scale`: D^-1/2 as a vector [units]; `edges`: of each block.
struct Normalized {
  const UnitGraph& graph;
  const std::vector<double>& scale;
  const std::vector<int64_t>& edges;

  bool is_sparse() const;
};

// Rows of edges, in lists.
struct EdgeLists {
  std::vector<int64_t> first{0};
  std::vector<int32_t> columns;
  std::vector<double> values;

  SparseRows view() const {
    return {first.data(), columns.data(), values.data(), static_cast<int64_t>(first.size()) - 1};
  }
};

// The part B [units of side 1, units of side 0] of N, where groups are in two sides.
class TwoSides {
 public:
  TwoSides(const Normalized& matrix, const std::vector<int>& side);

  int64_t units(int side) const { return units_[side]; }
  // y = B^T B x; x and y are [padded(units(0))], z = B x is [units(1)].
  void product(const double* x, double* y, double* z) const;
  // The unit of the graph that is number i of the side.
  const std::vector<int64_t>& numbers(int side) const { return numbers_[side]; }

 private:
  // The edges of one group of side 1, next to each other: columns of several groups of side 0.
  struct Panel {
    int64_t row = 0, rows = 0, width = 0;
    struct Part {
      int64_t to, column, count;  // of the vector, of the panel
    };
    std::vector<Part> parts;
    std::vector<double> values;
  };
  void fill_panel(const Normalized& matrix, const std::vector<int>& side, int64_t group);
  void fill_lists(const Normalized& matrix, const std::vector<int>& side);

  int64_t units_[2] = {0, 0};
  std::vector<int64_t> numbers_[2];
  std::vector<int64_t> place_;  // of each group's first unit on its side
  std::vector<Panel> panels_;
  EdgeLists lists_;  // instead of panels where there are few edges
};

// N itself.
class WholeGraph {
 public:
  explicit WholeGraph(const Normalized& matrix);
  // y = N x; both [padded(units)].
  void product(const double* x, double* y) const;

 private:
  const Normalized& matrix_;
  std::vector<EdgeLists> lists_;  // of each block, or none
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
