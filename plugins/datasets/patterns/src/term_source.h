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
  // The outputs that have each term, of terms that several outputs have (Hod et al. 2021: the loss
  // of each monomial).
  std::vector<std::string> output_groups() const override;
  modhost::Tensor outputs_of_groups() const override;

 private:
  bool shares_terms() const;
  void targets(const float* input, float* out) const;

  std::shared_ptr<const Terms> terms_;
  std::shared_ptr<const std::vector<float>> inputs_;
  std::vector<bool> active_;
};

}  // namespace modhost_patterns
