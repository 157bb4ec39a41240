#include <ATen/ops/empty.h>

#include "graph_facts.h"
#include "modhost/error.h"
#include "modhost/spectral.h"

namespace modhost {
inline namespace v1 {
namespace {

// Whether each component has units of the first and of the last group.
std::vector<bool> through_components(const UnitGraph& graph, const detail::Components& components) {
  const auto size = static_cast<size_t>(components.count);
  std::vector<bool> at_start(size), at_end(size), out(size);
  const std::vector<int64_t> first = graph.offsets();
  for (int64_t unit = 0; unit < first[1]; ++unit) at_start[components.of[unit]] = true;
  for (int64_t unit = first[first.size() - 2]; unit < first.back(); ++unit) {
    at_end[components.of[unit]] = true;
  }
  for (size_t c = 0; c < size; ++c) out[c] = at_start[c] && at_end[c];
  return out;
}

Tensor kept_part(const Tensor& weights, const std::vector<int64_t>& rows,
                 const std::vector<int64_t>& columns) {
  Tensor out = torch::empty(
      {static_cast<int64_t>(rows.size()), static_cast<int64_t>(columns.size())}, torch::kDouble);
  const auto* from = weights.data_ptr<double>();
  auto* to = out.data_ptr<double>();
  for (const int64_t row : rows) {
    const double* values = from + row * weights.size(1);
    for (const int64_t column : columns) *to++ = values[column];
  }
  return out;
}

}  // namespace

std::vector<bool> kept_units(const UnitGraph& graph, Isolated isolated) {
  detail::check_graph(graph);
  const auto units = static_cast<size_t>(graph.units());
  std::vector<double> degrees(units, 0);
  detail::add_product(graph, std::vector<double>(units, 1).data(), degrees.data());
  std::vector<bool> out(units);
  for (size_t i = 0; i < units; ++i) out[i] = degrees[i] > 0;
  if (isolated == Isolated::degree || units == 0) return out;
  const detail::Components components = detail::components_of(graph);
  if (components.count == 1) return out;
  const std::vector<bool> through = through_components(graph, components);
  for (size_t i = 0; i < units; ++i) out[i] = out[i] && through[components.of[i]];
  return out;
}

UnitGraph subgraph(const UnitGraph& graph, const std::vector<bool>& keep) {
  check(static_cast<int64_t>(keep.size()) == graph.units(), ErrorCode::shape,
        "a part of a graph of " + std::to_string(graph.units()) + " units was asked for with " +
            std::to_string(keep.size()) + " answers whether to keep one");
  const std::vector<int64_t> first = graph.offsets();
  UnitGraph out;
  std::vector<std::vector<int64_t>> kept;
  for (size_t g = 0; g < graph.groups.size(); ++g) {
    kept.emplace_back();
    for (int64_t i = 0; i < graph.groups[g].units; ++i) {
      if (keep[first[g] + i]) kept[g].push_back(i);
    }
    out.groups.push_back({graph.groups[g].name, static_cast<int64_t>(kept[g].size())});
  }
  for (const UnitBlock& block : graph.blocks) {
    out.blocks.push_back(
        {block.from, block.to, kept_part(block.weights, kept[block.to], kept[block.from])});
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
