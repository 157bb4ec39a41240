// Sampled masks of a whole weight, a few samples at a time: for operations that need the weights in
// one piece but not those of all samples at once.
#pragma once

#include "mask_layout.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Over tensors in single precision on the CPU, contiguous, which outlive it. A group is up to
// kGroup samples of one set.
class MaskGroups {
 public:
  // weight [*shape], logits [S, *shape]
  MaskGroups(const Tensor& weight, const Tensor& logits, const MaskSampling& sampling);

  const MaskLayout& layout() const { return layout_; }

  // The group's masked weights [samples_in(group), *shape].
  void draw(int64_t set, int64_t group, float* masked) const;

  // Adds what the logits of `set` get from the gradients of the group's masked weights, `given`
  // [samples_in(group), *shape], to `gradient` [*shape]; first writes if `first`. With `masked`
  // also what draw() does. For the estimator gumbel.
  void accumulate(int64_t set, int64_t group, const float* given, bool first, float* gradient,
                  float* masked) const;

  // Writes what the logits of `set` get from the gradient of the sum over its masked weights,
  // `given` [*shape], to `gradient` [*shape]. For the estimator mean.
  void accumulate_mean(int64_t set, const float* given, float* gradient) const;

 private:
  MaskLayout layout_;
  const MaskSampling& sampling_;
  const float* weight_;
  const float* logits_;
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
