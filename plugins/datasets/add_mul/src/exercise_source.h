// Exercises as batches of one-hot vectors.
#pragma once

#include <modhost/dataset.h>
#include <modhost/digits.h>

#include "exercises.h"

namespace modhost_add_mul {

using namespace modhost;

// Each digit of both numbers, the lowest first, and the operation: 2 * digits * 10 + 2.
constexpr int64_t input_width(int64_t digits) { return 2 * digits * kDigitBase + kOperations; }

class ExerciseSource : public Source {
 public:
  ExerciseSource(Exercises exercises, int64_t digits, int64_t steps)
      : exercises_(std::move(exercises)), digits_(digits), steps_(steps) {}

  const Exercises& exercises() const { return exercises_; }

  int64_t size() const override { return exercises_.size(); }
  // input [n, width], or [n, steps, width] the same at each step; target [n, digits], lowest first
  Batch load(const std::vector<int64_t>& indices) const override;
  std::vector<std::string> groups() const override { return {"add", "mul"}; }
  int64_t group(int64_t index) const override {
    return exercises_.operation[static_cast<size_t>(index)];
  }
  // Both operations, in the order of the groups: did the network do the other one?
  std::vector<std::string> alternatives() const override { return groups(); }
  Tensor targets_under(int64_t alternative, const std::vector<int64_t>& indices) const override;

 private:
  void encode(int64_t index, float* input) const;

  Exercises exercises_;
  int64_t digits_;
  int64_t steps_;  // 0: features
};

}  // namespace modhost_add_mul
