// Samples of real values: sums of some terms at given inputs.
#pragma once

#include <modhost/dataset.h>

#include <memory>
#include <vector>

#include "terms.h"

namespace modhost_patterns {

class TermSource : public modhost::Source {
 public:
  // inputs: [n, terms.inputs]; active: of each term, whether it counts.
  TermSource(std::shared_ptr<const Terms> terms, std::shared_ptr<const std::vector<float>> inputs,
             std::vector<bool> active);

  int64_t size() const override;
  // input [n, inputs], target [n, outputs], summed in double.
  modhost::Batch load(const std::vector<int64_t>& indices) const override;

 private:
  void targets(const float* input, float* out) const;

  std::shared_ptr<const Terms> terms_;
  std::shared_ptr<const std::vector<float>> inputs_;
  std::vector<bool> active_;
};

}  // namespace modhost_patterns
