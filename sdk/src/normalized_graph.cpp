#include "normalized_graph.h"

#include <algorithm>
#include <numeric>

#include "graph_facts.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

// Calls body(row, column, weight) for the edges of a block, row after row.
template <typename F>
void each_edge(const UnitBlock& block, const F& body) {
  const EdgeBlock edges = edges_of(block);
  for (int64_t i = 0; i < edges.rows; ++i) {
    const double* row = edges.values + i * edges.columns;
    for (int64_t j = 0; j < edges.columns; ++j) {
      if (row[j] > 0) body(i, j, row[j]);
    }
  }
}

struct Entry {
  int32_t row, column;
  double value;
};

EdgeLists lists_from(const std::vector<Entry>& entries, int64_t rows) {
  EdgeLists out;
  out.first.assign(static_cast<size_t>(rows) + 1, 0);
  for (const Entry& entry : entries) ++out.first[entry.row + 1];
  std::partial_sum(out.first.begin(), out.first.end(), out.first.begin());
  out.columns.resize(entries.size());
  out.values.resize(entries.size());
  std::vector<int64_t> next(out.first.begin(), out.first.end() - 1);
  for (const Entry& entry : entries) {
    const int64_t at = next[entry.row]++;
    out.columns[at] = entry.column;
    out.values[at] = entry.value;
  }
  return out;
}

// to[i, j] += from[i, j] row[i] column[j], with strides of both.
struct Places {
  double* at;
  int64_t row_step;
};

void add_scaled_rows(const EdgeBlock& from, const double* row, const double* column, Places to) {
  for (int64_t i = 0; i < from.rows; ++i) {
    const double* values = from.values + i * from.columns;
    double* out = to.at + i * to.row_step;
    for (int64_t j = 0; j < from.columns; ++j) out[j] += values[j] * (row[i] * column[j]);
  }
}

// The same into the transposed place, in tiles that stay in the cache.
void add_scaled_columns(const EdgeBlock& from, const double* row, const double* column, Places to) {
  constexpr int64_t kTile = 16;
  for (int64_t r = 0; r < from.rows; r += kTile) {
    const int64_t end = std::min(from.rows, r + kTile);
    for (int64_t j = 0; j < from.columns; ++j) {
      double* out = to.at + j * to.row_step;
      for (int64_t i = r; i < end; ++i) {
        out[i] += from.values[i * from.columns + j] * (row[i] * column[j]);
      }
    }
  }
}

}  // namespace

bool Normalized::is_sparse() const {
  double places = 0, taken = 0;
  for (size_t b = 0; b < edges.size(); ++b) {
    places += static_cast<double>(graph.blocks[b].weights.numel());
    taken += static_cast<double>(edges[b]);
  }
  return taken < kSparse * places;
}

TwoSides::TwoSides(const Normalized& matrix, const std::vector<int>& side) {
  const UnitGraph& graph = matrix.graph;
  int64_t unit = 0;
  for (size_t g = 0; g < graph.groups.size(); ++g) {
    place_.push_back(units_[side[g]]);
    units_[side[g]] += graph.groups[g].units;
    for (int64_t i = 0; i < graph.groups[g].units; ++i) numbers_[side[g]].push_back(unit++);
  }
  if (matrix.is_sparse()) {
    fill_lists(matrix, side);
    return;
  }
  for (size_t g = 0; g < graph.groups.size(); ++g) {
    if (side[g] == 1) fill_panel(matrix, side, static_cast<int64_t>(g));
  }
}

void TwoSides::fill_panel(const Normalized& matrix, const std::vector<int>& side, int64_t group) {
  const UnitGraph& graph = matrix.graph;
  const std::vector<int64_t> first = graph.offsets();
  Panel panel;
  panel.row = place_[group];
  panel.rows = graph.groups[group].units;
  std::vector<int64_t> column_of(graph.groups.size(), -1);
  const auto is_part = [&](size_t b) {
    const UnitBlock& block = graph.blocks[b];
    return matrix.edges[b] > 0 && (block.from == group || block.to == group);
  };
  for (size_t b = 0; b < graph.blocks.size(); ++b) {
    const int64_t other = graph.blocks[b].from + graph.blocks[b].to - group;
    if (!is_part(b) || side[other] == 1 || column_of[other] >= 0) continue;
    column_of[other] = panel.width;
    panel.parts.push_back({place_[other], panel.width, graph.groups[other].units});
    panel.width += padded(graph.groups[other].units);
  }
  panel.values.assign(static_cast<size_t>(panel.rows * panel.width), 0);
  for (size_t b = 0; b < graph.blocks.size(); ++b) {
    if (!is_part(b)) continue;
    const UnitBlock& block = graph.blocks[b];
    const int64_t column = column_of[block.from + block.to - group];
    const Places to{panel.values.data() + column, panel.width};
    const double* rows = matrix.scale.data() + first[block.to];
    const double* columns = matrix.scale.data() + first[block.from];
    (block.to == group ? add_scaled_rows : add_scaled_columns)(edges_of(block), rows, columns, to);
  }
  if (panel.width > 0) panels_.push_back(std::move(panel));
}

void TwoSides::fill_lists(const Normalized& matrix, const std::vector<int>& side) {
  const std::vector<int64_t> first = matrix.graph.offsets();
  std::vector<Entry> entries;
  entries.reserve(
      static_cast<size_t>(std::accumulate(matrix.edges.begin(), matrix.edges.end(), int64_t{0})));
  for (size_t b = 0; b < matrix.edges.size(); ++b) {
    if (matrix.edges[b] == 0) continue;
    const UnitBlock& block = matrix.graph.blocks[b];
    const double* rows = matrix.scale.data() + first[block.to];
    const double* columns = matrix.scale.data() + first[block.from];
    const int64_t row = place_[block.to], column = place_[block.from];
    const bool turned = side[block.to] == 0;
    each_edge(block, [&](int64_t i, int64_t j, double weight) {
      const auto at_row = static_cast<int32_t>(row + i),
                 at_column = static_cast<int32_t>(column + j);
      const double value = weight * (rows[i] * columns[j]);
      entries.push_back(turned ? Entry{at_column, at_row, value} : Entry{at_row, at_column, value});
    });
  }
  lists_ = lists_from(entries, units_[1]);
}

void TwoSides::product(const double* x, double* y, double* z) const {
  const ClusterKernels& kernels = cluster_kernels();
  std::fill_n(y, padded(units_[0]), 0.0);
  std::fill_n(z, units_[1], 0.0);
  if (panels_.empty()) return kernels.sparse_gram(lists_.view(), x, y, z);
  std::vector<double> in, out;
  for (const Panel& panel : panels_) {
    in.assign(static_cast<size_t>(panel.width), 0);
    out.assign(static_cast<size_t>(panel.width), 0);
    for (const Panel::Part& part : panel.parts) {
      std::copy_n(x + part.to, part.count, in.data() + part.column);
    }
    kernels.dense_gram({panel.values.data(), panel.rows, panel.width}, in.data(), out.data(),
                       z + panel.row);
    for (const Panel::Part& part : panel.parts) {
      for (int64_t i = 0; i < part.count; ++i) y[part.to + i] += out[part.column + i];
    }
  }
}

WholeGraph::WholeGraph(const Normalized& matrix) : matrix_(matrix) {
  if (!matrix.is_sparse()) return;
  for (const UnitBlock& block : matrix.graph.blocks) {
    std::vector<Entry> entries;
    each_edge(block, [&](int64_t i, int64_t j, double weight) {
      if (block.from == block.to && i == j) return;
      entries.push_back({static_cast<int32_t>(i), static_cast<int32_t>(j), weight});
    });
    lists_.push_back(lists_from(entries, block.weights.size(0)));
  }
}

void WholeGraph::product(const double* x, double* y) const {
  const std::vector<int64_t> first = matrix_.graph.offsets();
  const auto units = static_cast<size_t>(first.back());
  std::vector<double> in(x, x + units);
  for (size_t i = 0; i < units; ++i) in[i] *= matrix_.scale[i];
  std::fill_n(y, padded(first.back()), 0.0);
  if (lists_.empty()) add_product(matrix_.graph, in.data(), y);
  std::vector<double> of_rows;
  for (size_t b = 0; b < lists_.size(); ++b) {
    const int64_t row = first[matrix_.graph.blocks[b].to];
    const int64_t column = first[matrix_.graph.blocks[b].from];
    of_rows.assign(static_cast<size_t>(lists_[b].view().rows), 0);
    cluster_kernels().sparse_edges(lists_[b].view(), in.data() + row, in.data() + column,
                                   of_rows.data(), y + column);
    for (size_t i = 0; i < of_rows.size(); ++i) y[row + i] += of_rows[i];
  }
  for (size_t i = 0; i < units; ++i) y[i] *= matrix_.scale[i];
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
