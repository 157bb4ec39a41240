// The parameters of a network as one forward pass sees them: one tensor each, or E variants.
#pragma once

#include <modhost/parameter.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace modhost_torchscript {

using modhost::Parameter;
using modhost::Tensor;
using modhost::WeightView;

class Weights {
 public:
  void set_parameters(std::vector<Parameter> parameters);

  // At the start and the end of a forward pass of `rows` samples in `parts` equal parts. Variants
  // are computed once in between.
  void begin(int64_t parts, int64_t rows);
  void end();

  size_t size() const { return parameters_.size(); }
  const Parameter& parameter(size_t index) const { return parameters_[index]; }
  int64_t parts() const { return parts_; }
  int64_t rows() const { return rows_; }
  bool varied(size_t index) const { return !parameters_[index].get().plain(); }
  bool any_varied(const std::vector<size_t>& indices) const;

  // [*shape]: what part `part` of the batch is to be computed with.
  Tensor of_part(size_t index, int64_t part);
  // For an operation that knows variants. An operation that runs `once` in a forward pass may
  // compute the variants by itself, in a kernel of its own; the others share them.
  WeightView view(size_t index, bool once);

 private:
  const Tensor& variants(size_t index);  // [E, *shape]

  std::vector<Parameter> parameters_;
  std::vector<Tensor> variants_;
  std::vector<std::vector<Tensor>> separate_;
  int64_t parts_ = 1;
  int64_t rows_ = 0;
};

// begin() and end() as a scope.
class ForwardScope {
 public:
  ForwardScope(Weights& weights, int64_t parts, int64_t rows) : weights_(weights) {
    weights_.begin(parts, rows);
  }
  ForwardScope(const ForwardScope&) = delete;
  ForwardScope& operator=(const ForwardScope&) = delete;
  ~ForwardScope() { weights_.end(); }

 private:
  Weights& weights_;
};

}  // namespace modhost_torchscript
