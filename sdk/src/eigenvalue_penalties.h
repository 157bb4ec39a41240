// The penalties of several graphs at once.
#pragma once

#include <cstdint>
#include <vector>

#include "modhost/eigenvalue_penalty.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// eigenvalue_penalty() of each graph, [graphs]; the eigenvalues of different graphs on different
// threads.
Tensor eigenvalue_penalties(const std::vector<UnitGraph>& graphs, int64_t eigenvalues);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
