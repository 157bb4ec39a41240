// Networks of one architecture, each pruned by itself.
#pragma once

#include <modhost/tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace modhost_sculpting {

struct Networks {
  modhost::NamedTensors values;  // parameters and statistics, [n, *shape]
  // Of parameters that may be pruned, bool, [n, *shape]: which entries are left.
  modhost::NamedTensors kept;
  // Of each group of hidden units, by its name, [n, units] bool: which were not taken out.
  modhost::NamedTensors units;

  int64_t size() const { return values.empty() ? 0 : values.front().second.size(0); }
  // In new memory; positions may repeat.
  Networks at(const std::vector<int64_t>& positions) const;
  // Overwrites those at `positions` by the networks `from` of `other`.
  void take(const std::vector<int64_t>& positions, const Networks& other,
            const std::vector<int64_t>& from);
};

// Error(internal) without that name.
modhost::Tensor& tensor_of(modhost::NamedTensors& tensors, const std::string& name);
const modhost::Tensor& tensor_of(const modhost::NamedTensors& tensors, const std::string& name);

// Of [n, m] numbers, those of one row.
std::vector<double> row_of(const modhost::Tensor& rows, int64_t row);

}  // namespace modhost_sculpting
