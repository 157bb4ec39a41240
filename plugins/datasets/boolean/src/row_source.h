// Rows of a truth table, with noise or without.
#pragma once

#include <modhost/dataset.h>

#include <vector>

namespace modhost_boolean {

struct Rows {
  int64_t inputs = 0, outputs = 0;
  std::vector<float> input, target;  // [rows, inputs], [rows, outputs]

  int64_t count() const { return static_cast<int64_t>(input.size()) / inputs; }
};

// Sample v * rows + r is row r with noise v, a function of seed, r and v alone.
class RowSource : public modhost::Source {
 public:
  RowSource(const Rows& rows, double noise, int64_t versions, uint64_t seed)
      : rows_(rows), noise_(noise), versions_(versions), seed_(seed) {}

  int64_t size() const override { return rows_.count() * versions_; }
  modhost::Batch load(const std::vector<int64_t>& indices) const override;

 private:
  Rows rows_;
  double noise_;
  int64_t versions_;
  uint64_t seed_;
};

}  // namespace modhost_boolean
