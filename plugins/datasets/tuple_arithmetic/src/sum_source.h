// Exercises as batches of one-hot vectors.
#pragma once

#include <modhost/dataset.h>

#include <memory>
#include <optional>

#include "layout.h"
#include "sums.h"

namespace modhost_tuple_arithmetic {

using namespace modhost;

// What of an exercise counts.
struct Restriction {
  std::optional<int64_t> pair;  // only the answer to this one
  bool hides_other = false;     // and the other pair is not shown
};

class SumSource : public Source {
 public:
  SumSource(std::shared_ptr<const Sums> sums, int64_t digits, Layout layout,
            Restriction restriction)
      : sums_(std::move(sums)),
        digits_(digits),
        layout_(std::move(layout)),
        restriction_(restriction) {}

  int64_t size() const override { return sums_->size(); }
  // input [n, steps, width] or [n, width]; target [n, 2 pairs * digits], the lowest digit of each
  // answer first, -1 where it does not count
  Batch load(const std::vector<int64_t>& indices) const override;
  // Each pair by itself: which of the two sums is right?
  std::vector<std::string> alternatives() const override { return {"pair_0", "pair_1"}; }
  Tensor targets_under(int64_t alternative, const std::vector<int64_t>& indices) const override;

 private:
  void show(int64_t index, float* input) const;
  // Of one pair alone, or of both.
  void answer(int64_t index, std::optional<int64_t> counts, int64_t* places) const;

  std::shared_ptr<const Sums> sums_;
  int64_t digits_;
  Layout layout_;
  Restriction restriction_;
};

}  // namespace modhost_tuple_arithmetic
