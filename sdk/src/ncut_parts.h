// The n-cut without looking at the weights once more.
#pragma once

#include "modhost/unit_graph.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// The clusters that have units, ascending. Error(shape) unless there is a label for each unit,
// Error(data) for labels below -1.
std::vector<int64_t> clusters_of(const UnitGraph& graph, const UnitLabels& labels);

// Each label's position among the clusters.
UnitLabels positions_of(const UnitLabels& labels, const std::vector<int64_t>& clusters);

// Of a graph that was checked and labels 0 .. clusters - 1, or kNoCluster.
double ncut_of_checked(const UnitGraph& graph, const UnitLabels& labels, int64_t clusters);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
