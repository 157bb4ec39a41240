// All eigenpairs of the normalized Laplacian, by Eigen.
#pragma once

#include <cstdint>
#include <vector>

#include "lanczos.h"
#include "modhost/unit_graph.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// The `count` largest of 1 - L, descending. `scale`: D^-1/2 as a vector [units]. Error(config) for
// more than 10,000 units.
Eigenpairs dense_eigenpairs(const UnitGraph& graph, const std::vector<double>& scale,
                            int64_t count);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
