#include <algorithm>

#include "graph_facts.h"
#include "modhost/error.h"
#include "modhost/spectral.h"
#include "ncut_parts.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

// Of each unit: the weight of its edges to labelled units, and of those among them that have
// another label.
struct UnitSums {
  std::vector<double> degrees, cuts;
};

UnitSums unit_sums(const UnitGraph& graph, const UnitLabels& labels) {
  const std::vector<int64_t> first = graph.offsets();
  UnitSums out;
  out.degrees.assign(labels.size(), 0);
  out.cuts.assign(labels.size(), 0);
  std::vector<double> row_degrees, row_cuts;
  for (const UnitBlock& block : graph.blocks) {
    const EdgeBlock edges = edges_of(block);
    const int64_t row = first[block.to], column = first[block.from];
    row_degrees.assign(static_cast<size_t>(edges.rows), 0);
    row_cuts.assign(static_cast<size_t>(edges.rows), 0);
    cluster_kernels().cut(edges, labels.data() + row, labels.data() + column, row_degrees.data(),
                          row_cuts.data(), out.degrees.data() + column, out.cuts.data() + column);
    for (int64_t i = 0; i < edges.rows; ++i) {
      out.degrees[row + i] += row_degrees[i];
      out.cuts[row + i] += row_cuts[i];
      if (block.from == block.to && labels[row + i] >= 0) {
        out.degrees[row + i] -= 2 * edges.values[i * edges.columns + i];
      }
    }
  }
  return out;
}

}  // namespace

void check_labels(const UnitGraph& graph, const UnitLabels& labels) {
  check(static_cast<int64_t>(labels.size()) == graph.units(), ErrorCode::shape,
        std::to_string(labels.size()) + " cluster labels were given for the " +
            std::to_string(graph.units()) + " units of a graph");
  for (const int64_t label : labels) {
    check(label >= kNoCluster && label < static_cast<int64_t>(labels.size()), ErrorCode::data,
          "the cluster label " + std::to_string(label) + " is not one of -1 (none) to " +
              std::to_string(static_cast<int64_t>(labels.size()) - 1));
  }
}

double ncut_of_checked(const UnitGraph& graph, const UnitLabels& labels) {
  const UnitSums sums = unit_sums(graph, labels);
  const int64_t most = labels.empty() ? -1 : *std::max_element(labels.begin(), labels.end());
  std::vector<double> volumes(static_cast<size_t>(most + 1), 0), cuts(volumes);
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    volumes[labels[i]] += sums.degrees[i];
    cuts[labels[i]] += sums.cuts[i];
  }
  double out = 0;
  for (size_t c = 0; c < volumes.size(); ++c) {
    if (volumes[c] > 0) out += cuts[c] / volumes[c];
  }
  return out;
}

}  // namespace detail

double ncut(const UnitGraph& graph, const UnitLabels& labels) {
  detail::check_graph(graph);
  detail::check_labels(graph, labels);
  return detail::ncut_of_checked(graph, labels);
}

}  // namespace v1
}  // namespace modhost
