// The n-cut without looking at the weights once more.
#pragma once

#include "modhost/unit_graph.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Error(shape) unless there is a label for each unit, Error(data) unless they are -1 or more and
// fewer than units.
void check_labels(const UnitGraph& graph, const UnitLabels& labels);

// Of a graph and labels that were checked.
double ncut_of_checked(const UnitGraph& graph, const UnitLabels& labels);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
