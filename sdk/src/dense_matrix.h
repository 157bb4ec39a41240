// The adjacency matrix of a graph as one matrix of Eigen, for what needs all of it.
#pragma once

#include <Eigen/Core>

#include "modhost/unit_graph.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Beyond this, a matrix of all pairs of units is no sensible thing to make.
constexpr int64_t kMostDenseUnits = 10000;

// Error(config), which says that `what` needs it, for more units than that.
Eigen::MatrixXd dense_adjacency(const UnitGraph& graph, const std::string& what);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
