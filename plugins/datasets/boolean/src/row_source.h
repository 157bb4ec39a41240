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

// As they are, and drawn with noise.
class RowSource : public modhost::Source {
 public:
  RowSource(const Rows& rows, double noise, uint64_t seed)
      : rows_(rows), noise_(noise), seed_(seed) {}

  int64_t size() const override { return rows_.count(); }
  modhost::Batch load(const std::vector<int64_t>& indices) const override;
  modhost::Batch drawn(const std::vector<int64_t>& indices,
                       const std::vector<uint64_t>& draws) const override;

 private:
  Rows rows_;
  double noise_;
  uint64_t seed_;
};

}  // namespace modhost_boolean
