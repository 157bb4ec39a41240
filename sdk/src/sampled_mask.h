// The variation of sampled masks, for operations that have a kernel for it.
#pragma once

#include <utility>

#include "modhost/mask.h"

namespace modhost {
inline namespace v1 {
namespace detail {

class SampledMask : public Variation {
 public:
  SampledMask(Tensor logits, MaskSampling sampling)
      : logits_(std::move(logits)), sampling_(std::move(sampling)) {}
  int64_t size() const override { return logits_.size(0) * sampling_.samples; }
  Tensor apply(const Tensor& weight) const override {
    return sample_masked(weight, logits_, sampling_);
  }
  const Tensor& logits() const { return logits_; }  // [S, *shape]
  const MaskSampling& sampling() const { return sampling_; }

 private:
  Tensor logits_;
  MaskSampling sampling_;
};

// nullptr for any other variation.
inline const SampledMask* as_sampled_mask(const WeightView& view) {
  return dynamic_cast<const SampledMask*>(view.variation().get());
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
