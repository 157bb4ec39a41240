// What spectral clustering has to know of a graph before it computes.
#pragma once

#include <cstdint>
#include <vector>

#include "cluster_kernels.h"
#include "modhost/unit_graph.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Refuses blocks that do not fit their groups, Error(shape), and weights that are negative or not
// finite, Error(data). Returns the number of edges of each block.
std::vector<int64_t> check_graph(const UnitGraph& graph);

EdgeBlock edges_of(const UnitBlock& block);

// y += A x over all units, both [units()].
void add_product(const UnitGraph& graph, const double* x, double* y);

// The connected component of each unit, numbered by their first units.
struct Components {
  std::vector<int64_t> of;
  int64_t count = 0;
};
Components components_of(const UnitGraph& graph);

// Groups in two sides, such that edges (`edges`: of each block) lead from one to the other; side 0
// has fewer units. Empty when there is no such way.
std::vector<int> sides_of(const UnitGraph& graph, const std::vector<int64_t>& edges);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
