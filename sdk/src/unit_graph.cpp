#include "modhost/unit_graph.h"

namespace modhost {
inline namespace v1 {

std::vector<int64_t> UnitGraph::offsets() const {
  std::vector<int64_t> out{0};
  for (const UnitGroup& group : groups) out.push_back(out.back() + group.units);
  return out;
}

int64_t UnitGraph::units() const { return offsets().back(); }

std::vector<double> UnitGraph::degrees() const {
  const std::vector<int64_t> first = offsets();
  std::vector<double> out(static_cast<size_t>(first.back()), 0);
  for (const UnitBlock& block : blocks) {
    const auto* weights = block.weights.data_ptr<double>();
    const int64_t rows = block.weights.size(0), columns = block.weights.size(1);
    double* of_rows = out.data() + first[static_cast<size_t>(block.to)];
    double* of_columns = out.data() + first[static_cast<size_t>(block.from)];
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        if (block.from == block.to && i == j) continue;
        of_rows[i] += weights[i * columns + j];
        of_columns[j] += weights[i * columns + j];
      }
    }
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
