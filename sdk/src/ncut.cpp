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

std::vector<int64_t> clusters_of(const UnitGraph& graph, const UnitLabels& labels) {
  check(static_cast<int64_t>(labels.size()) == graph.units(), ErrorCode::shape,
        std::to_string(labels.size()) + " cluster labels were given for the " +
            std::to_string(graph.units()) + " units of a graph");
  std::vector<int64_t> out(labels);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  if (!out.empty() && out.front() == kNoCluster) out.erase(out.begin());
  check(out.empty() || out.front() >= 0, ErrorCode::data,
        "the cluster label " + std::to_string(out.empty() ? 0 : out.front()) +
            " is neither -1 (none) nor 0 or more");
  return out;
}

UnitLabels positions_of(const UnitLabels& labels, const std::vector<int64_t>& clusters) {
  UnitLabels out(labels);
  for (int64_t& label : out) {
    if (label == kNoCluster) continue;
    label = std::lower_bound(clusters.begin(), clusters.end(), label) - clusters.begin();
  }
  return out;
}

double ncut_of_checked(const UnitGraph& graph, const UnitLabels& labels, int64_t clusters) {
  const UnitSums sums = unit_sums(graph, labels);
  std::vector<double> volumes(static_cast<size_t>(clusters), 0), cuts(volumes);
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
  const std::vector<int64_t> clusters = detail::clusters_of(graph, labels);
  return detail::ncut_of_checked(graph, detail::positions_of(labels, clusters),
                                 static_cast<int64_t>(clusters.size()));
}

}  // namespace v1
}  // namespace modhost
